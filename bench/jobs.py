"""Durable jobs beside Procrastinate and Celery: a bare one, and one that tells a mentor.

A worker is stopped, given so many jobs, and let go on: what it takes until the last one is done is
measured, and how much CPU. The rows that the jobs wrote are compared with ours.
"""

import asyncio
import random
import signal
import sys
import time
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from statistics import median

from bench import same
from bench.figures import Goal, Load, ratio, shown, times
from bench.job_ledgers import CELERY, OURS, PROCRASTINATE, Kind, Ledger, ledgers
from bench.machine import Cores
from bench.server import Server
from bench.sheet import Sheet, Tell
from bench.side_by_side import Rounds
from bench.world import World, filled_world

WANTED = {PROCRASTINATE: 4.0, CELERY: 1.5}
COMMANDS = {
    OURS: ("bench.peers.jobs.ours",),
    PROCRASTINATE: ("bench.peers.jobs.procrastinate_worker",),
    CELERY: (
        "celery", "-A", "bench.peers.jobs.with_celery", "worker", "--pool", "threads",
        "--concurrency", "8", "--loglevel", "critical", "--without-gossip", "--without-mingle",
        "--without-heartbeat",
    ),
}  # fmt: skip
JOBS, FIRST = 1500, 100
DONE_SECONDS = 120
LOOK = 0.004
"""Seconds between two looks whether all is done."""
ROUNDS = 3
UNANNOUNCED, LOST_MS = 10, 250


class Undone(Exception):
    """A worker did not do what it was given."""


async def measure(cores: Cores, *, rounds: int, tell: Tell) -> tuple[list[Sheet], list[Goal]]:
    """One sheet a kind of job; raises Differs or Undone."""
    tell("starting a database and filling it")
    sheets: list[Sheet] = []
    goals: list[Goal] = []
    async with (
        filled_world() as world,
        ledgers(world, JOBS) as kept,
        _everyone(world, cores) as workers,
    ):
        for kind in Kind:
            found = await _rounds(workers, kept, kind, min(rounds, ROUNDS), tell)
            sheets.append(_sheet(kind, found, world))
            goals += _goals(kind, found)
        tell("wake-ups that are lost")
        waited = [await _unannounced(kept[OURS]) for _ in range(UNANNOUNCED)]
    lost = f"Durable jobs: ms until one is done that nobody was told of, the worst of {UNANNOUNCED}"
    return sheets, [*goals, Goal(lost, LOST_MS, 1000 * max(waited), at_most=True)]


@asynccontextmanager
async def _everyone(world: World, cores: Cores) -> AsyncIterator[dict[str, Server]]:
    """All at once: those who have nothing to do sleep."""
    async with AsyncExitStack() as stack:
        yield {
            name: await stack.enter_async_context(_working(name, words, world, cores))
            for name, words in COMMANDS.items()
        }


@asynccontextmanager
async def _working(
    name: str, words: Sequence[str], world: World, cores: Cores
) -> AsyncIterator[Server]:
    command = cores.pinned((sys.executable, "-m", *words))
    process = await asyncio.create_subprocess_exec(
        *command, env=world.environment, stdout=DEVNULL, stderr=DEVNULL
    )
    try:
        yield Server(name, process)
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGCONT)
            process.kill()
        await process.wait()


async def _rounds(
    workers: Mapping[str, Server],
    kept: Mapping[str, Ledger],
    kind: Kind,
    rounds: int,
    tell: Tell,
) -> Rounds:
    found: dict[str, list[Load]] = {name: [] for name in workers}
    for number in range(rounds + 1):  # the first one warms up
        tell(f"{kind.value}, round {number} of {rounds}")
        rows = {}
        for name, worker in workers.items():
            load = await _load(worker, kept[name], kind, JOBS if number else FIRST)
            found[name] += [load] if number else []
            rows[name] = await kept[name].wrote()
            same.check(rows[OURS], rows[name], f"what {name} wrote")
    return found


async def _load(worker: Server, ledger: Ledger, kind: Kind, number: int) -> Load:
    """Raises Undone."""
    worker.process.send_signal(signal.SIGSTOP)
    await ledger.give(kind, number)
    before, begun = worker.cpu_seconds(), time.perf_counter()
    worker.process.send_signal(signal.SIGCONT)
    try:
        async with asyncio.timeout(DONE_SECONDS):
            while await ledger.undone():  # noqa: ASYNC110  the ledgers tell nobody
                await asyncio.sleep(LOOK)
    except TimeoutError as error:
        raise Undone(f"{worker.url} did not end {number} jobs in {DONE_SECONDS} s") from error
    seconds = time.perf_counter() - begun
    return Load(number, seconds, 0, worker.cpu_seconds() - before)


async def _unannounced(ledger: Ledger) -> float:
    """Seconds until an idle worker has done a job by itself."""
    await asyncio.sleep(random.uniform(0.1, 0.4))
    begun = time.perf_counter()
    await ledger.give(Kind.NOTHING, 1, tell=False)
    while await ledger.undone():  # noqa: ASYNC110  the ledgers tell nobody
        await asyncio.sleep(LOOK)
    return time.perf_counter() - begun


def _sheet(kind: Kind, found: Rounds, world: World) -> Sheet:
    rates = {name: [load.rate for load in loads] for name, loads in found.items()}
    costs = {name: [load.cpu_us for load in loads] for name, loads in found.items()}
    rows = [
        (
            name,
            shown(median(rates[name])),
            times(ratio(rates[OURS], rates[name])),
            shown(median(costs[name])),
            times(ratio(costs[name], costs[OURS])),
        )
        for name in found
    ]
    columns = ("worker", "jobs/s", "we ÷ it", "CPU µs/job", "it ÷ we")
    return Sheet(f"Durable jobs: {kind.value}", columns, rows, _notes(found, world))


def _notes(found: Rounds, world: World) -> tuple[str, ...]:
    how = (
        f"Medians of {len(found[OURS])} interleaved rounds of {JOBS} jobs that wait already; ratios "
        f"within a round. One worker process on a core of its own, PostgreSQL "
        f"{world.postgres_version} and Valkey on the others; logs off."
    )
    what = (
        "Telling a mentor looks up who asks and adds a notice; the rows were compared with ours. We "
        "and Procrastinate keep jobs in PostgreSQL, Celery in Valkey's memory; ours end in the "
        "transaction of their effect and obey row level security."
    )
    return how, what


def _goals(kind: Kind, found: Rounds) -> list[Goal]:
    ours = [load.rate for load in found[OURS]]
    return [
        Goal(
            f"Durable jobs, {kind.value}: jobs/s, we ÷ {name}",
            least,
            ratio(ours, [load.rate for load in found[name]]),
        )
        for name, least in WANTED.items()
    ]
