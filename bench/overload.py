"""Many more who ask than can be answered: what is answered in time, beside a peer that begins it all.

The capacity is what 64 connections get that ask as fast as answers come. The crowds ask as fast, over
ten times as many, and over 5,000: whoever is refused comes back at once, whatever it was told.
"""

import asyncio
import resource
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from statistics import median

import httpx

from bench import wrk
from bench.contenders import FASTAPI, OURS
from bench.figures import Goal, ratio, shown
from bench.machine import Cores
from bench.server import Server
from bench.sheet import Sheet, Tell
from bench.side_by_side import serving
from bench.world import World, filled_world

TEN_TIMES, CROWD = 10 * wrk.CONNECTIONS, 5000
SECONDS = {wrk.CONNECTIONS: 2, TEN_TIMES: 4, CROWD: 6}
"""Of load; opening its connections takes a crowd some of them."""
ROUNDS = 2
"""Each with a server of its own: who begins everything works on at what nobody waits for any more."""
CONTENDERS = (OURS, FASTAPI)
IN_TIME = 2
"""Seconds, after which an answer is no good any more."""
WANTED = 0.9
OFTEN = 0.1
"""Seconds between questions for health."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """What became of the requests of so many connections."""

    good: float
    """A second, in time."""
    refused: float
    """Of all, the share that was answered by an error or too late."""
    p99_ms: float
    health_ms: float
    """The slowest answer of all to whether the process lives."""


@dataclass(frozen=True, slots=True)
class Health:
    """Asks all the time whether a server lives, over connections of its own."""

    server: Server
    took: list[float] = field(default_factory=list)

    async def watch(self) -> None:
        async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
            while True:
                begun = time.perf_counter()
                with suppress(httpx.TransportError):
                    await client.get(f"{self.server.url}/health/live")
                self.took.append(1000 * (time.perf_counter() - begun))
                await asyncio.sleep(OFTEN)


Rounds = Mapping[tuple[str, int], Sequence[Crowd]]


async def measure(cores: Cores, *, tell: Tell) -> tuple[list[Sheet], list[Goal]]:
    """Raises DidNotStart or NoWrk."""
    wrk.require_wrk()
    _let_files_be_open()
    tell("starting a database and filling it")
    found: dict[tuple[str, int], list[Crowd]] = {
        (one.name, connections): [] for one in CONTENDERS for connections in SECONDS
    }
    async with filled_world() as world:
        for number in range(ROUNDS):
            for one in CONTENDERS:
                tell(f"overload of {one.name}, round {number + 1} of {ROUNDS}")
                async with serving(one, world, cores) as server:
                    await _crowd(server, world, wrk.CONNECTIONS)
                    for connections in SECONDS:
                        crowd = await _crowd(server, world, connections)
                        found[one.name, connections].append(crowd)
    return [_sheet(found)], _goals(found)


async def _crowd(server: Server, world: World, connections: int) -> Crowd:
    health = Health(server)
    watching = asyncio.create_task(health.watch())
    try:
        met = await wrk.crowd(
            f"{server.url}/v1/roadmaps/{world.roadmap_id}",
            world.token(),
            connections=connections,
            seconds=SECONDS[connections],
            in_time=IN_TIME,
        )
    finally:
        watching.cancel()
        await asyncio.wait({watching})
    share = 1 - met.good / met.requests if met.requests else 1.0
    return Crowd(met.good / met.seconds, share, met.p99_ms, max(health.took, default=0.0))


def _goals(found: Rounds) -> list[Goal]:
    kept = _kept(found, OURS.name, TEN_TIMES)
    return [Goal(f"overload: goodput over {TEN_TIMES} connections ÷ the capacity", WANTED, kept)]


def _kept(found: Rounds, name: str, connections: int) -> float:
    capacity = [max(one.good, 1.0) for one in found[name, wrk.CONNECTIONS]]
    return ratio([one.good for one in found[name, connections]], capacity)


def _sheet(found: Rounds) -> Sheet:
    rows = [
        (
            f"{name}, {connections}",
            shown(median(one.good for one in crowds)),
            f"{_kept(found, name, connections):.0%}",
            f"{median(one.refused for one in crowds):.1%}",
            shown(median(one.p99_ms for one in crowds)),
            shown(max(one.health_ms for one in crowds)),
        )
        for (name, connections), crowds in found.items()
    ]
    columns = (
        "server, connections", "good answers/s", "of capacity", "errors or late", "p99 ms",
        "slowest health ms",
    )  # fmt: skip
    how = (
        f"GET /v1/roadmaps/{{id}}; medians of {ROUNDS} interleaved rounds, with a new server each. Good is a success within "
        f"{IN_TIME} s. Who is refused asks again at once, without heeding Retry-After. Opening the "
        "connections counts. FastAPI has no /health/live: its 404 counts as well."
    )
    return Sheet("Overload", columns, rows, (how,))


def _let_files_be_open() -> None:
    """A connection is an open file, of the load as of the servers."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
