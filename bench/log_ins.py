"""What readers notice of log-ins and registrations, whose hashes take a core for 20 ms each.

One server core, as elsewhere: it has to answer reads, hash, and write. Reads come by a timetable, so
that a server that stands still is seen by every read that should have been asked meanwhile.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from statistics import median, quantiles

import httpx

from bench.contenders import FASTAPI, OURS
from bench.figures import Goal, ratio, shown
from bench.machine import Cores
from bench.server import Server
from bench.sheet import Sheet, Tell
from bench.side_by_side import serving
from bench.world import PASSWORD_OF_ALL, World, filled_world

CONTENDERS = (OURS, FASTAPI)
EVERY = 0.01
"""Seconds between reads."""
ALONE_SECONDS, FLOOD_SECONDS = 3, 5
AT_ONCE = 50
"""Log-ins of as many people, begun together."""
FLOOD = 20
"""Connections that register as fast as they are answered."""
WANTED = 1.0


class Unanswered(Exception):
    """A log-in or a read was refused, so the figures mean nothing."""


@dataclass(frozen=True, slots=True)
class Round:
    """Milliseconds of reads: alone, during log-ins, during registrations; and what else was done."""

    alone: Sequence[float]
    during_log_ins: Sequence[float]
    log_ins_seconds: float
    """Until the last of those begun together had its answer."""
    log_in_cpu_ms: float
    during_flood: Sequence[float]
    registrations: float
    """Accepted a second."""
    turned_away: float
    """Refused a second, as busy or as too many from one network."""


Rounds = Mapping[str, Sequence[Round]]


async def measure(cores: Cores, *, rounds: int, tell: Tell) -> tuple[list[Sheet], list[Goal]]:
    """Raises DidNotStart or Unanswered."""
    tell("starting a database and filling it")
    found: dict[str, list[Round]] = {one.name: [] for one in CONTENDERS}
    async with filled_world() as world:
        for number in range(rounds):
            for one in CONTENDERS:
                tell(f"log-ins at {one.name}, round {number + 1} of {rounds}")
                async with serving(one, world, cores) as server:
                    found[one.name].append(await _round(server, world, number))
    return [sheet(found)], goals(found)


async def _round(server: Server, world: World, number: int) -> Round:
    limits = httpx.Limits(max_connections=None, keepalive_expiry=2)  # before any server ends it
    async with httpx.AsyncClient(
        base_url=server.url, trust_env=False, timeout=60, limits=limits
    ) as client:
        await _log_in(client, 1)  # connections, caches
        async with _reads(client, world) as alone:
            await asyncio.sleep(ALONE_SECONDS)
        cpu, begun = server.cpu_seconds(), time.perf_counter()
        async with _reads(client, world) as during_log_ins:
            await asyncio.gather(*(_log_in(client, person) for person in range(2, AT_ONCE + 2)))
            took = time.perf_counter() - begun
        spent = server.cpu_seconds() - cpu
        flood = _Flood(client, number)
        async with _reads(client, world) as during_flood:
            await flood.pour()
    return Round(
        alone=alone,
        during_log_ins=during_log_ins,
        log_ins_seconds=took,
        log_in_cpu_ms=1000 * spent / AT_ONCE,
        during_flood=during_flood,
        registrations=flood.accepted / FLOOD_SECONDS,
        turned_away=flood.refused / FLOOD_SECONDS,
    )


@asynccontextmanager
async def _reads(client: httpx.AsyncClient, world: World) -> AsyncIterator[list[float]]:
    """Reads by the timetable while the body runs; all are answered when it is left."""
    took: list[float] = []
    path, headers = f"/v1/roadmaps/{world.roadmap_id}", {"Authorization": f"Bearer {world.token()}"}

    async def read(due: float) -> None:
        answer = await client.get(path, headers=headers)
        if not answer.is_success:
            raise Unanswered(f"a read was answered {answer.status_code}: {answer.text[:200]}")
        took.append(1000 * (time.perf_counter() - due))

    async def ask() -> None:
        due = time.perf_counter()
        async with asyncio.TaskGroup() as reads:
            while not done.is_set():
                reads.create_task(read(due))
                due += EVERY
                await asyncio.sleep(max(0.0, due - time.perf_counter()))

    done = asyncio.Event()
    asking = asyncio.create_task(ask())
    try:
        yield took
    finally:
        done.set()
        await asking


async def _log_in(client: httpx.AsyncClient, person: int) -> None:
    given = {"email": f"learner-{person}@example.test", "password": PASSWORD_OF_ALL}
    answer = await client.post("/v1/auth/login", json=given)
    if not answer.is_success:
        raise Unanswered(f"a log-in was answered {answer.status_code}: {answer.text[:200]}")


@dataclass(slots=True)
class _Flood:
    """New addresses each time; who is turned away comes back at once, whatever it was told."""

    client: httpx.AsyncClient
    number: int
    accepted: int = 0
    refused: int = 0
    _ends: float = field(default=0.0)

    async def pour(self) -> None:
        self._ends = time.perf_counter() + FLOOD_SECONDS
        await asyncio.gather(*(self._one(place) for place in range(FLOOD)))

    async def _one(self, place: int) -> None:
        asked = 0
        while time.perf_counter() < self._ends:
            asked += 1
            email = f"new-{self.number}-{place}-{asked}@example.test"
            given = {"email": email, "password": "nine herons by the tana", "name": "Somebody New"}
            answer = await self.client.post("/v1/auth/register", json=given)
            if answer.is_success:
                self.accepted += 1
            else:
                self.refused += 1


def p99(took: Sequence[float]) -> float:
    """Raises StatisticsError for fewer than two."""
    return quantiles(took, n=100, method="inclusive")[-1]


def goals(found: Rounds) -> list[Goal]:
    """The slowest hundredth of reads, theirs ÷ ours."""
    ours, theirs = found[OURS.name], found[FASTAPI.name]

    def of(what: str) -> float:
        return ratio(
            [p99(getattr(one, what)) for one in theirs], [p99(getattr(one, what)) for one in ours]
        )

    return [
        Goal(f"reads during {AT_ONCE} log-ins: p99, {FASTAPI.name} ÷ we", WANTED, of("during_log_ins")),
        Goal(f"reads during a flood of registrations: p99, {FASTAPI.name} ÷ we", WANTED, of("during_flood")),
    ]  # fmt: skip


def sheet(found: Rounds) -> Sheet:
    rows = [
        (
            name,
            *(_spread([getattr(one, what) for one in rounds]) for what in READS),
            shown(median(one.log_ins_seconds for one in rounds)),
            shown(median(one.log_in_cpu_ms for one in rounds)),
            shown(median(one.registrations for one in rounds)),
            shown(median(one.turned_away for one in rounds)),
        )
        for name, rounds in found.items()
    ]
    columns = (
        "server", "reads alone", f"during {AT_ONCE} log-ins", "during the flood",
        "log-ins done, s", "CPU ms/log-in", "registered/s", "turned away/s",
    )  # fmt: skip
    how = (
        f"Reads: p50 / p99 ms from when each was due, one every {EVERY * 1000:.0f} ms. Medians of "
        f"{len(found[OURS.name])} interleaved rounds, with a new server each, on one core."
    )
    what = (
        f"The same Argon2id everywhere. {AT_ONCE} people log in at the same moment; {FLOOD} "
        f"connections register for {FLOOD_SECONDS} s. CPU counts the reads of that while. FastAPI "
        "hashes in its thread pool and neither judges passwords, nor counts, nor mails; we turn a "
        "network away after 60 registrations an hour."
    )
    return Sheet("Reads beside log-ins and registrations", columns, rows, (how, what))


READS = ("alone", "during_log_ins", "during_flood")


def _spread(rounds: Sequence[Sequence[float]]) -> str:
    return f"{shown(median(map(median, rounds)))} / {shown(median(map(p99, rounds)))}"
