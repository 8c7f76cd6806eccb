"""How each thing the process stands on is, and what follows for whoever sends requests here."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest
from dishka import Provider, Scope
from litestar import Litestar
from litestar.testing import AsyncTestClient

from skillbridge.adapters.memory.store import Store
from skillbridge.entrypoints import wiring
from skillbridge.entrypoints.dependencies import Dependencies, Dependency
from skillbridge.entrypoints.http.about import health
from skillbridge.entrypoints.http.about.health import examine
from skillbridge.entrypoints.http.app import create_app
from skillbridge.entrypoints.http.server.inject import HttpProvider
from skillbridge.entrypoints.wiring import memory
from skillbridge.settings import Settings

pytestmark = pytest.mark.row("A5")


Ask = Callable[[], Awaitable[str]]


async def up() -> str:
    return "1.2"


async def away() -> str:
    raise ConnectionRefusedError("no route to postgresql://app:hunter2@db")


async def silent() -> str:
    await asyncio.Event().wait()
    return "never"


@pytest.mark.parametrize(
    ("database", "matcher", "status"),
    [(up, up, "ok"), (up, away, "degraded"), (away, up, "down"), (away, away, "down")],
)
async def test_what_is_away_counts_by_how_critical_it_is(
    database: Ask, matcher: Ask, status: str
) -> None:
    asked = (
        Dependency("database", database, critical=True),
        Dependency("matcher", matcher, critical=False),
    )
    found = await examine(Dependencies(asked))
    assert found.status == status
    assert [state.up for state in found.dependencies] == [database is up, matcher is up]
    assert {state.version for state in found.dependencies if state.up} <= {"1.2"}
    assert {state.version for state in found.dependencies if not state.up} <= {None}


async def test_what_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.02)
    found = await examine(Dependencies([Dependency("database", silent, critical=True)]))
    assert found.status == "down"
    assert found.dependencies[0].milliseconds >= 15


async def over(tmp_path: Path, *dependencies: Dependency) -> tuple[httpx.Response, httpx.Response]:
    dependencies_provider = Provider(scope=Scope.APP)
    dependencies_provider.provide(lambda: Dependencies(list(dependencies)), provides=Dependencies)
    settings = Settings(env="test", home=tmp_path)
    container = wiring.make_container(
        *memory.providers(Store()), *wiring.outside(settings), HttpProvider(), dependencies_provider
    )
    app: Litestar = create_app(container, settings)
    async with AsyncTestClient(app) as client:
        return await client.get("/health/live"), await client.get("/health/ready")


async def test_a_process_lives_though_what_it_needs_is_away(tmp_path: Path) -> None:
    live, ready = await over(tmp_path, Dependency("database", away, critical=True))
    assert (live.status_code, live.json()) == (200, {"status": "ok"})
    assert (ready.status_code, ready.json()["status"]) == (503, "down")
    assert "hunter2" not in ready.text


async def test_requests_still_come_without_what_is_optional(tmp_path: Path) -> None:
    _, ready = await over(tmp_path, Dependency("matcher", away, critical=False))
    assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
    (matcher,) = ready.json()["dependencies"]
    assert {
        "name": "matcher",
        "up": False,
        "critical": False,
        "version": None,
    }.items() <= matcher.items()
