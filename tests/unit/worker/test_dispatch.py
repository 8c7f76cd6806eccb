"""The dispatcher: so much at once, again and again, whatever happens, until told to stop."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from structlog.testing import capture_logs
from tests.support.given.work import Bench, memory_bench
from tests.support.timing.patience import PATIENCE, turns

from skillbridge.application.ports.jobs import Job, Jobs, JobState
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Unavailable
from skillbridge.entrypoints.worker.dispatch import AT_ONCE, BATCH, Dispatcher, pause
from skillbridge.local.waiting import until

pytestmark = pytest.mark.row("L1")

UNSETTLED = "dispatch.job_unsettled"
NEVER = 3600.0  # seconds until the next look: what happens meanwhile happens without one


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with memory_bench(tmp_path) as made:
        made.script.play = nothing
        yield made


async def nothing(_transaction: Transaction, _actor: Actor) -> None:
    """A job of which nothing follows."""


@asynccontextmanager
async def dispatching(dispatcher: Dispatcher, every: float = NEVER) -> AsyncIterator[asyncio.Event]:
    """The dispatcher beside the block, which must stop when it is told to."""
    stopping = asyncio.Event()
    task = asyncio.create_task(dispatcher.forever(stopping, every))
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
    """A ledger that may be away, and counts how it is used."""

    bench: Bench
    away: int = 0
    silent: int = 0
    fault: Exception = field(default_factory=lambda: Unavailable("away"))
    writes_fail: int = 0
    looks: list[int] = field(default_factory=list)
    finished: list[int] = field(default_factory=list)

    async def claim(self, *, limit: int, lease: timedelta) -> Sequence[Job]:
        self.looks.append(limit)
        await turns(10)  # jobs end meanwhile
        if self.away:
            self.away -= 1
            raise self.fault
        if self.silent:
            self.silent -= 1
            await asyncio.Event().wait()
        return await self.bench.jobs.claim(limit=limit, lease=lease)

    async def finish(self, jobs: Sequence[Job]) -> None:
        self.finished.append(len(jobs))
        if self.writes_fail:
            self.writes_fail -= 1
            raise Unavailable("away")
        await self.bench.jobs.finish(jobs)

    async def fail(self, job: Job, error: str, *, retry_in: timedelta | None) -> None:
        raise Unavailable("away")

    def dispatcher(self) -> Dispatcher:
        jobs = cast("Jobs", self)
        return Dispatcher(jobs, self.bench.runner(jobs).run)


def dispatcher(bench: Bench, **changes: Any) -> Dispatcher:
    return Dispatcher(bench.jobs, bench.runner().run, **changes)


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
    async with dispatching(Ledger(bench).dispatcher()):
        await done(bench, 5 * AT_ONCE + 3)
    assert most == AT_ONCE
    assert bench.script.begun == 5 * AT_ONCE + 3


async def test_it_looks_again_and_again(bench: Bench) -> None:
    async with dispatching(dispatcher(bench), every=0.01):
        for count in (1, 2, 3):
            await bench.plan()
            await done(bench, count)


@pytest.mark.parametrize("fault", [Unavailable("away"), RuntimeError("nobody thought of this")])
async def test_a_ledger_that_is_away_is_asked_again(bench: Bench, fault: Exception) -> None:
    await bench.plan()
    with capture_logs() as logs:
        async with dispatching(Ledger(bench, away=2, fault=fault).dispatcher(), every=0.01):
            await done(bench, 1)
    told = [(it["event"], it.get("tries")) for it in logs if it["event"].startswith("dispatch.")]
    assert told == [("dispatch.failed", None), ("dispatch.back", 2)], "when it begins and ends"


async def test_an_answer_that_never_comes_ends_no_looking(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skillbridge.entrypoints.worker.dispatch.ANSWERED", 0.05)
    await bench.plan()
    async with dispatching(Ledger(bench, silent=2).dispatcher(), every=0.01):
        await done(bench, 1)


async def test_a_job_that_cannot_be_settled_now_is_told_of(bench: Bench) -> None:
    await bench.plan()
    with capture_logs() as logs:
        async with dispatching(Ledger(bench, writes_fail=1).dispatcher()):
            await until(lambda: any(one["event"] == UNSETTLED for one in logs), every=0.01)
    assert await bench.count(JobState.RUNNING) == 1, "its lease runs out, and it is taken again"


async def test_a_wake_up_is_a_look_at_once(bench: Bench) -> None:
    sleeper = dispatcher(bench)
    async with dispatching(sleeper):
        for count in (1, 2, 3):
            await bench.plan()
            sleeper.look()
            await done(bench, count)


async def test_what_is_done_at_once_is_finished_together(bench: Bench) -> None:
    await bench.plan(AT_ONCE)
    ledger = Ledger(bench)
    async with dispatching(ledger.dispatcher()):
        await done(bench, AT_ONCE)
    assert ledger.looks[0] == AT_ONCE
    assert sum(ledger.finished) == AT_ONCE
    assert len(ledger.finished) <= 2


async def test_while_there_is_more_a_few_places_are_filled_together(bench: Bench) -> None:
    """Of as many jobs as fill all places five times, not each is claimed by itself."""
    await bench.plan(5 * AT_ONCE)
    ledger = Ledger(bench)
    async with dispatching(ledger.dispatcher()):
        await done(bench, 5 * AT_ONCE)
    assert len(ledger.looks) <= 5 * AT_ONCE // BATCH + 2


async def test_with_no_room_it_does_not_ask(bench: Bench) -> None:
    go = asyncio.Event()

    async def waits(_transaction: Transaction, _actor: Actor) -> None:
        await go.wait()

    bench.script.play = waits
    await bench.plan(AT_ONCE + 1)
    ledger = Ledger(bench)
    busy = ledger.dispatcher()
    async with dispatching(busy, every=0.01):
        async with asyncio.timeout(PATIENCE):
            await until(lambda: bench.script.begun == AT_ONCE, every=0.01)
        busy.look()
        await turns()
        assert (len(ledger.looks), bench.script.begun) == (1, AT_ONCE)
        go.set()
        await done(bench, AT_ONCE + 1)


async def test_no_more_is_taken_than_there_is_room_for_beside_what_runs(bench: Bench) -> None:
    go, running = asyncio.Event(), AT_ONCE - 1

    async def waits(_transaction: Transaction, _actor: Actor) -> None:
        await go.wait()

    bench.script.play = waits
    await bench.plan(running)
    ledger = Ledger(bench)
    busy = ledger.dispatcher()

    async def begun(count: int) -> None:
        async with asyncio.timeout(PATIENCE):
            await until(lambda: bench.script.begun >= count, every=0.01)

    async with dispatching(busy):
        await begun(running)
        await bench.plan(3)
        busy.look()
        await begun(AT_ONCE)
        go.set()
        await done(bench, running + 3)
    assert ledger.looks[:2] == [AT_ONCE, 1]


async def test_told_to_stop_it_lets_its_jobs_end_and_takes_no_more(bench: Bench) -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    async def waits(_transaction: Transaction, _actor: Actor) -> None:
        begun.set()
        await go.wait()

    bench.script.play = waits
    await bench.plan()
    async with dispatching(dispatcher(bench)) as stopping:
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
    async with dispatching(dispatcher(bench, patience=0.05)):
        await begun.wait()
    async with asyncio.timeout(PATIENCE):
        await ended.wait()
    assert await bench.count(JobState.RUNNING) == 1, "its lease runs out, and another takes it"


async def test_a_pause_ends_when_it_is_time_to_stop() -> None:
    stopping = asyncio.Event()
    await pause(stopping, 0.01)
    stopping.set()
    async with asyncio.timeout(PATIENCE):
        await pause(stopping, NEVER)
