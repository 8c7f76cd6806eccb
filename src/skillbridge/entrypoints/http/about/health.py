"""/health: is this process alive, may it get requests, and how is each thing it stands on."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dishka import FromDishka
from litestar import Response, Router

from skillbridge.domain.errors import SkillBridgeError
from skillbridge.entrypoints.dependencies import Dependencies, Dependency
from skillbridge.entrypoints.http.server.auth import always_open
from skillbridge.entrypoints.http.server.operations import answer, get

PATIENCE = 2.0
"""Seconds that a dependency has to answer."""


@dataclass(frozen=True, slots=True)
class Alive:
    status: Literal["ok"] = "ok"


@dataclass(frozen=True, slots=True)
class State:
    name: str
    up: bool
    critical: bool
    version: str | None
    milliseconds: float
    reason: str | None = None
    """Why it is not up, where the program itself knows."""


@dataclass(frozen=True, slots=True)
class Health:
    """`ok`, `degraded` (something optional is away) or `down`."""

    status: Literal["ok", "degraded", "down"]
    dependencies: Sequence[State]


DOWN = "Something that this cannot do without is away; the answer says what."


@get("/live", guards=[always_open], security=[{}])
async def is_alive() -> Alive:
    """The process answers; it says nothing about what it stands on."""
    return Alive()


@get(
    "/ready", guards=[always_open], security=[{}], responses={503: answer(Health, description=DOWN)}
)
async def is_ready(dependencies: FromDishka[Dependencies]) -> Response[Health]:
    """Each dependency's state, version and latency; 503 when a critical one is down."""
    health = await examine(dependencies)
    return Response(health, status_code=503 if health.status == "down" else 200)


async def examine(dependencies: Dependencies) -> Health:
    states = await asyncio.gather(*(_state(dependency) for dependency in dependencies))
    if any(state.critical and not state.up for state in states):
        return Health("down", states)
    return Health("ok" if all(state.up for state in states) else "degraded", states)


async def _state(dependency: Dependency) -> State:
    started, version, reason = time.perf_counter(), None, None
    try:
        async with asyncio.timeout(PATIENCE):
            version = await dependency.ask()
    except SkillBridgeError as error:
        reason = str(error)
    except Exception:  # noqa: BLE001  whatever it is, the dependency is not there
        reason = None
    milliseconds = round((time.perf_counter() - started) * 1000, 1)
    up = version is not None
    return State(dependency.name, up, dependency.critical, version, milliseconds, reason)


routes: Any = Router("/health", route_handlers=[is_alive, is_ready], tags=["health"])
