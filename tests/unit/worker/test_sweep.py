"""The sweeper: so much at once, again and again, whatever happens, until told to stop."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from structlog.testing import capture_logs
from tests.given_work import Bench, memory_bench
from tests.patience import PATIENCE, turns

from skillbridge.application.ports import Job, Jobs, JobState, Transaction
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Unavailable
from skillbridge.domain.ids import JobId
from skillbridge.entrypoints.local.waiting import until
from skillbridge.entrypoints.worker import sweep
from skillbridge.entrypoints.worker.sweep import AT_ONCE, Sweeper, pause

pytestmark = pytest.mark.row("L1")

NEVER = 3600.0  # seconds until the next look: what happens meanwhile happens without one


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with memory_bench(tmp_path) as made:
        made.script.play = nothing
        yield made


async def nothing(_transaction: Transaction, _actor: Actor) -> None:
    """A job of which nothing follows."""


@asynccontextmanager
async def sweeping(sweeper: Sweeper, every: float = NEVER) -> AsyncIterator[asyncio.Event]:
    """The sweeper beside the block, which must stop when it is told to."""
    stopping = asyncio.Event()
    task = asyncio.create_task(sweeper.forever(stopping, every))
    try:
        yield stopping
    finally:
        stopping.set()
        async with asyncio.timeout(PATIENCE):
            await task


async def done(bench: Bench, count: int) -> None:
    async def all_done() -> bool:
        return await bench.count(JobState.DONE) == count

    async with asyncio.timeout(PATIENCE):
        await until(all_done, every=0.01)


@dataclass
class Ledger:
    """A ledger whose answers the test has written."""

    bench: Bench
    away: int = 0
    claims_fail: int = 0
    fixed: Sequence[JobId] = ()
    looks: list[int] = field(default_factory=list)

    async def due(self, *, limit: int) -> Sequence[JobId]:
        self.looks.append(limit)
        await turns(10)  # jobs end meanwhile
        if self.away:
            self.away -= 1
            raise Unavailable("away")
        return self.fixed or await self.bench.jobs.due(limit=limit)

    async def claim(self, job_id: JobId, *, lease: timedelta) -> Job | None:
        if self.claims_fail:
            self.claims_fail -= 1
            raise Unavailable("away")
        return await self.bench.jobs.claim(job_id, lease=lease)

    async def finish(self, job: Job) -> None:
        await self.bench.jobs.finish(job)

    def sweeper(self) -> Sweeper:
        jobs = cast("Jobs", self)
        return Sweeper(jobs, self.bench.runner(jobs))


async def test_much_is_done_a_few_at_once_and_without_waiting_for_the_next_look(
    bench: Bench,
) -> None:
    running, most, full = 0, 0, asyncio.Event()

    async def counted(_transaction: Transaction, _actor: Actor) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        if running == AT_ONCE:
            full.set()
        await full.wait()
        await turns(bench.script.begun % AT_ONCE)
        running -= 1

    bench.script.play = counted
    await bench.plan(5 * AT_ONCE + 3)
    async with sweeping(Ledger(bench).sweeper()):
        await done(bench, 5 * AT_ONCE + 3)
    assert most == AT_ONCE
    assert bench.script.begun == 5 * AT_ONCE + 3


async def test_it_looks_again_and_again(bench: Bench) -> None:
    async with sweeping(Sweeper(bench.jobs, bench.runner()), every=0.01):
        for count in (1, 2, 3):
            await bench.plan()
            await done(bench, count)


async def test_a_ledger_that_is_away_is_asked_again(bench: Bench) -> None:
    await bench.plan()
    with capture_logs() as logs:
        async with sweeping(Ledger(bench, away=2).sweeper(), every=0.01):
            await done(bench, 1)
    assert [line["event"] for line in logs].count("sweep.failed") == 2


async def test_a_job_that_cannot_be_claimed_now_is_claimed_later(bench: Bench) -> None:
    await bench.plan()
    with capture_logs() as logs:
        async with sweeping(Ledger(bench, claims_fail=2).sweeper(), every=0.01):
            await done(bench, 1)
    assert [line["event"] for line in logs].count("sweep.job_unsettled") == 2


@pytest.mark.parametrize("failing", [0, 1_000_000])
async def test_a_full_house_that_gets_nothing_done_rests_before_it_looks_again(
    bench: Bench, failing: int
) -> None:
    """Others have the jobs, or the ledger takes no writes: no reason to ask in a circle."""
    taken = await bench.plan(AT_ONCE)
    for job_id in taken:
        await bench.jobs.claim(job_id, lease=timedelta(minutes=1))
    ledger = Ledger(bench, claims_fail=failing, fixed=taken)
    async with sweeping(ledger.sweeper()):
        async with asyncio.timeout(PATIENCE):
            await until(lambda: len(ledger.looks) > 0, every=0.001)
        await turns()
        assert len(ledger.looks) == 1


async def test_what_it_is_about_to_claim_it_does_not_start_twice(bench: Bench) -> None:
    """The ledger offers a job until it is claimed."""
    jobs = await bench.plan(AT_ONCE)
    ledger = Ledger(bench, fixed=jobs)
    async with sweeping(ledger.sweeper(), every=0.01):
        await done(bench, AT_ONCE)
        await until(lambda: len(ledger.looks) > 2, every=0.01)
    assert bench.script.begun == AT_ONCE


async def test_with_no_room_it_does_not_ask(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    go, rests = asyncio.Event(), list[float]()

    async def counted(stopping: asyncio.Event, seconds: float) -> None:
        rests.append(seconds)
        await pause(stopping, seconds)

    monkeypatch.setattr(sweep, "pause", counted)

    async def waits(_transaction: Transaction, _actor: Actor) -> None:
        await go.wait()

    bench.script.play = waits
    await bench.plan(AT_ONCE + 1)
    ledger = Ledger(bench)
    async with sweeping(ledger.sweeper(), every=0.01):
        async with asyncio.timeout(PATIENCE):
            await until(lambda: bench.script.begun == AT_ONCE and len(rests) > 3, every=0.01)
        assert (len(ledger.looks), bench.script.begun) == (1, AT_ONCE)
        go.set()
        await done(bench, AT_ONCE + 1)


async def test_told_to_stop_it_lets_its_jobs_end_and_takes_no_more(bench: Bench) -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    async def waits(_transaction: Transaction, _actor: Actor) -> None:
        begun.set()
        await go.wait()

    bench.script.play = waits
    await bench.plan()
    async with sweeping(Sweeper(bench.jobs, bench.runner())) as stopping:
        await begun.wait()
        stopping.set()
        await bench.plan()
        await turns()
        go.set()
    assert (await bench.count(JobState.DONE), bench.script.begun) == (1, 1)


async def test_a_job_that_does_not_end_in_time_is_given_up(bench: Bench) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def waits(_transaction: Transaction, _actor: Actor) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    bench.script.play = waits
    await bench.plan()
    async with sweeping(Sweeper(bench.jobs, bench.runner(), patience=0.05)):
        await begun.wait()
    async with asyncio.timeout(PATIENCE):
        await ended.wait()
    assert await bench.count(JobState.RUNNING) == 1, "its lease runs out, and another takes it"


async def test_once_runs_all_that_is_due_and_tells_how_many(bench: Bench) -> None:
    await bench.plan(70)
    sweeper = Sweeper(bench.jobs, bench.runner())
    assert await sweeper.once() == 70
    assert await sweeper.once() == 0


async def test_a_pause_ends_when_it_is_time_to_stop() -> None:
    stopping = asyncio.Event()
    await pause(stopping, 0.01)
    stopping.set()
    async with asyncio.timeout(PATIENCE):
        await pause(stopping, NEVER)
