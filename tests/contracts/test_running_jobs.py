"""What a worker does with one job, on every ledger."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import cast
from uuid import uuid4

import asyncpg
import pytest
from tests.conftest import Urls
from tests.support.given.work import (
    NOW,
    SOMEONE,
    Bench,
    claimed,
    effect,
    leave_an_effect,
    memory_bench,
    postgres_bench,
    ready,
)
from tests.support.timing.patience import PATIENCE, turns

from skillbridge.application.ports.jobs import Job, Jobs, JobState, RefusedForGood
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Unavailable
from skillbridge.domain.events.accounts import EmailVerified
from skillbridge.domain.ids import JobId

pytestmark = pytest.mark.row("L1")

SHORT, LONG = timedelta(seconds=0.3), timedelta(hours=1)
"""`SHORT` makes the beats quick; what a claim or a beat of this ledger holds is `LONG`."""


@pytest.fixture
async def bench_on_memory(tmp_path: Path) -> AsyncIterator[Bench]:
    async with memory_bench(tmp_path) as made:
        yield made


@pytest.fixture
async def bench_on_postgres(
    tmp_path: Path, urls: Urls, admin: asyncpg.Connection
) -> AsyncIterator[Bench]:
    async with postgres_bench(tmp_path, urls.worker, admin) as made:
        yield made


@pytest.fixture(params=["memory", "postgres"])
def bench(request: pytest.FixtureRequest) -> Bench:
    made: Bench = request.getfixturevalue(f"bench_on_{request.param}")
    return made


@dataclass
class Ledger:
    """The ledger as a worker sees it that is cut off from it for a while."""

    jobs: Jobs
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    failures: int = 0
    first: timedelta = LONG
    """How long a claim holds, whatever the worker asks for."""
    beats: asyncio.Queue[bool] = field(default_factory=asyncio.Queue)
    """What each beat that got through was answered."""

    async def claim(self, *, limit: int, lease: timedelta) -> Sequence[Job]:
        return await self.jobs.claim(limit=limit, lease=self.first)

    async def requeue(self, job: Job, reason: str, *, retry_in: timedelta) -> None:
        await self.jobs.requeue(job, reason, retry_in=retry_in)

    async def extend(self, job: Job, *, lease: timedelta) -> bool:
        if self.failures:
            self.failures -= 1
            raise Unavailable("away")
        await self.reached.wait()
        held = await self.jobs.extend(job, lease=LONG)
        self.beats.put_nowait(held)
        return held

    async def fail(self, job: Job, error: str, *, retry_in: timedelta | None) -> None:
        await self.jobs.fail(job, error, retry_in=retry_in)

    async def finish(self, jobs: Sequence[Job]) -> None:
        await self.jobs.finish(jobs)

    def as_jobs(self) -> Jobs:
        return cast("Jobs", self)


async def taken_over(bench: Bench, job_id: JobId) -> Job:
    """The lease is over, and another worker claims the job."""
    assert await claimed(bench.jobs, job_id, lease=LONG) is None, "it is held until then"
    await bench.lapse(job_id)
    job = await claimed(bench.jobs, job_id, lease=LONG)
    assert job is not None
    return job


async def test_a_job_is_done_once_and_its_effect_is_there(bench: Bench) -> None:
    (job_id,) = await bench.plan()
    run = bench.runner()
    assert await run(job_id)
    assert not await run(job_id), "it is done"
    assert (bench.script.begun, await bench.effects()) == (1, 1)
    assert await bench.count(JobState.DONE) == 1


async def test_what_a_job_does_is_done_in_the_name_of_the_request_that_caused_it(
    bench: Bench,
) -> None:
    """Through every job that follows: an operator finds all of it by one word."""
    system = Actor.system(bench.tenant_id, request_id="the-first-request")
    seen = list[str]()

    async def noted(transaction: Transaction, actor: Actor) -> None:
        seen.append(actor.request_id)
        await leave_an_effect(transaction, actor)

    bench.script.play = noted
    async with bench.container() as scope, (await scope.get(Transaction))(system) as tx:
        tx.emit(EmailVerified(user_id=SOMEONE, at=NOW))
    (job_id,) = await ready(bench.jobs)
    assert await bench.runner()(job_id)
    (echo,) = await ready(bench.jobs)
    followed = await claimed(bench.jobs, echo, lease=LONG)
    assert followed is not None
    assert (seen, followed.kind, followed.request_id) == (
        ["the-first-request"],
        "Echo",
        "the-first-request",
    )


async def test_a_job_told_of_many_times_at_once_is_done_once(bench: Bench) -> None:
    (job_id,) = await bench.plan()
    run = bench.runner()
    assert sum(await asyncio.gather(*(run(job_id) for _ in range(10)))) == 1
    assert await bench.effects() == 1


async def test_a_long_job_goes_on_after_its_steps_and_is_done_at_the_end(bench: Bench) -> None:
    async def in_steps(transaction: Transaction, actor: Actor) -> None:
        for _ in range(2):
            async with bench.script.step(actor) as tx:
                effect(tx)
            assert await bench.count(JobState.RUNNING) == 1
        await leave_an_effect(transaction, actor)

    bench.script.play = in_steps
    assert await bench.runner()((await bench.plan())[0])
    assert await bench.count(JobState.DONE) == 1
    assert await bench.effects() == 3


async def test_a_job_of_nothing_but_steps_is_done_too(bench: Bench) -> None:
    async def steps(_transaction: Transaction, actor: Actor) -> None:
        async with bench.script.step(actor) as tx:
            effect(tx)

    bench.script.play = steps
    assert await bench.runner()((await bench.plan())[0])
    assert (await bench.count(JobState.DONE), await bench.effects()) == (1, 1)


async def test_what_the_steps_of_a_failed_job_did_stays(bench: Bench) -> None:
    async def fails(_transaction: Transaction, actor: Actor) -> None:
        async with bench.script.step(actor) as tx:
            effect(tx)
        async with bench.script.step(actor) as tx:
            effect(tx)
            raise ZeroDivisionError

    bench.script.play = fails
    assert await bench.runner(attempts=1)((await bench.plan())[0])
    assert (await bench.count(JobState.DEAD), await bench.effects()) == (1, 1)


async def test_what_the_outside_refuses_for_good_is_not_tried_again(bench: Bench) -> None:
    async def refused(transaction: Transaction, actor: Actor) -> None:
        raise RefusedForGood("550 no such mailbox")

    bench.script.play = refused
    (job_id,) = await bench.plan()
    assert await bench.runner()(job_id)
    (dead,) = await bench.jobs.report(JobState.DEAD, limit=10)
    assert (dead.id, dead.attempts, dead.error) == (job_id, 1, "550 no such mailbox")


async def test_a_step_of_a_job_that_was_taken_over_does_not_count(bench: Bench) -> None:
    (job_id,) = await bench.plan()

    async def slow(_transaction: Transaction, actor: Actor) -> None:
        async with bench.script.step(actor) as tx:
            effect(tx)
        await taken_over(bench, job_id)
        async with bench.script.step(actor) as tx:
            effect(tx)

    bench.script.play = slow
    await bench.runner(Ledger(bench.jobs).as_jobs(), lease=SHORT)(job_id)
    assert await bench.effects() == 1, "the other worker does the rest"
    assert await bench.count(JobState.RUNNING) == 1


async def test_a_job_that_writes_nothing_is_done_too(bench: Bench) -> None:
    async def nothing(_transaction: Transaction, _actor: Actor) -> None: ...

    bench.script.play = nothing
    assert await bench.runner()((await bench.plan())[0])
    assert await bench.count(JobState.DONE) == 1


async def test_a_job_that_fails_waits_and_its_error_is_kept(bench: Bench) -> None:
    async def fails(transaction: Transaction, actor: Actor) -> None:
        async with transaction(actor) as tx:
            effect(tx)
            raise ZeroDivisionError("by nought")

    bench.script.play = fails
    (job_id,) = await bench.plan()
    assert await bench.runner()(job_id)
    (waiting,) = await bench.jobs.report(JobState.READY)
    assert (waiting.id, waiting.attempts) == (job_id, 1)
    assert waiting.error == "ZeroDivisionError('by nought')"
    assert not await bench.jobs.claim(limit=10, lease=LONG), "not at once"
    assert not await bench.effects()


async def test_a_job_that_keeps_failing_dies_and_may_be_replayed(bench: Bench) -> None:
    async def fails(_transaction: Transaction, _actor: Actor) -> None:
        raise ZeroDivisionError

    bench.script.play = fails
    (job_id,) = await bench.plan()
    run = bench.runner(attempts=1)
    assert await run(job_id)
    assert [job.id for job in await bench.jobs.report(JobState.DEAD)] == [job_id]
    assert not await run(job_id), "dead is dead"
    bench.script.play = leave_an_effect
    assert await bench.jobs.replay(job_id)
    assert await run(job_id)
    assert (await bench.effects(), await bench.count(JobState.DONE)) == (1, 1)


@pytest.mark.parametrize("change", ["name = 'Unheard'", "payload = '{}'"])
async def test_a_job_whose_event_cannot_be_read_fails_and_dies_like_others(
    tmp_path: Path, urls: Urls, admin: asyncpg.Connection, change: str
) -> None:
    """An older worker may meet a newer event: it must neither stumble nor try for ever."""
    async with postgres_bench(tmp_path, urls.worker, admin) as bench:
        (job_id,) = await bench.plan()
        await admin.execute(f"update events set {change}")
        assert await bench.runner(attempts=1)(job_id)
        (dead,) = await bench.jobs.report(JobState.DEAD)
    assert (dead.id, dead.attempts, bench.script.begun) == (job_id, 1, 0)
    assert dead.error is not None
    assert "event" in dead.error


async def test_a_job_that_kills_its_worker_every_time_dies_as_well(bench: Bench) -> None:
    (job_id,) = await bench.plan()
    for _ in range(2):
        assert await claimed(bench.jobs, job_id, lease=timedelta())
    assert await bench.runner(attempts=2)(job_id)
    (dead,) = await bench.jobs.report(JobState.DEAD)
    assert (dead.id, dead.error) == (
        job_id,
        "its worker died in every attempt, 2 of them, and left no reason",
    )
    assert not bench.script.begun


async def test_a_job_of_more_attempts_than_are_allowed_now_dies_of_what_it_failed_of(
    bench: Bench,
) -> None:
    """An operator allowed eight attempts, the job failed thrice; now three are allowed."""
    (job_id,) = await bench.plan()
    for _ in range(3):
        job = await claimed(bench.jobs, job_id, lease=timedelta(seconds=30))
        assert job is not None
        await bench.jobs.fail(job, "OSError('the mail server is away')", retry_in=timedelta())
    assert await bench.runner(attempts=3)(job_id)
    (dead,) = await bench.jobs.report(JobState.DEAD)
    assert dead.error == (
        "OSError('the mail server is away') (given up after 3 attempts, 3 are allowed)"
    )


async def test_a_worker_older_than_the_job_leaves_it_for_another(bench: Bench) -> None:
    await bench.runner()((await bench.plan())[0])
    (job_id,) = await ready(bench.jobs)
    assert await bench.runner()(job_id)
    (waiting,) = await bench.jobs.report(JobState.READY)
    assert waiting.kind == "Echo"
    assert "knows no Echo" in (waiting.error or "")
    assert waiting.attempts == 0, "it was no attempt"


async def test_a_job_nobody_knows_is_not_taken(bench: Bench) -> None:
    assert not await bench.runner()(JobId(uuid4()))


async def test_long_work_keeps_its_lease(bench: Bench) -> None:
    (job_id,) = await bench.plan()
    begun, go = asyncio.Event(), asyncio.Event()

    async def waits(transaction: Transaction, actor: Actor) -> None:
        begun.set()
        await go.wait()
        await leave_an_effect(transaction, actor)

    bench.script.play = waits
    ledger = Ledger(bench.jobs, first=timedelta())
    ledger.reached.set()
    running = asyncio.create_task(bench.runner(ledger.as_jobs(), lease=SHORT)(job_id))
    await begun.wait()
    for _ in range(8):
        assert await ledger.beats.get()
        assert await claimed(bench.jobs, job_id, lease=LONG) is None, "the claim alone held no time"
    go.set()
    assert await running
    assert (bench.script.begun, await bench.effects()) == (1, 1)


async def test_a_beat_that_does_not_get_through_is_not_the_end(bench: Bench) -> None:
    ledger = Ledger(bench.jobs, failures=1)
    ledger.reached.set()

    async def waits(transaction: Transaction, actor: Actor) -> None:
        assert await ledger.beats.get()
        await leave_an_effect(transaction, actor)

    bench.script.play = waits
    (job_id,) = await bench.plan()
    assert await bench.runner(ledger.as_jobs(), lease=SHORT)(job_id)
    assert (ledger.failures, await bench.count(JobState.DONE)) == (0, 1)


async def test_work_that_lost_its_lease_is_ended(bench: Bench) -> None:
    (job_id,) = await bench.plan()
    ledger, begun, ended = Ledger(bench.jobs), asyncio.Event(), asyncio.Event()

    async def waits(_transaction: Transaction, _actor: Actor) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    bench.script.play = waits
    running = asyncio.create_task(bench.runner(ledger.as_jobs(), lease=SHORT)(job_id))
    await begun.wait()
    await taken_over(bench, job_id)
    assert not ended.is_set()
    ledger.reached.set()
    async with asyncio.timeout(PATIENCE):
        assert await running
    assert ended.is_set()
    assert await bench.count(JobState.RUNNING) == 1, "it is the other's"


async def test_the_effect_of_work_that_lost_its_lease_does_not_count(bench: Bench) -> None:
    (job_id,) = await bench.plan()
    others: list[Job] = []

    async def stalls(transaction: Transaction, actor: Actor) -> None:
        others.append(await taken_over(bench, job_id))
        await leave_an_effect(transaction, actor)

    bench.script.play = stalls
    assert await bench.runner(Ledger(bench.jobs).as_jobs(), lease=SHORT)(job_id)
    assert (await bench.effects(), await bench.count(JobState.RUNNING)) == (0, 1)
    await bench.jobs.finish(others)
    assert await bench.count(JobState.DONE) == 1


async def test_what_comes_after_the_effect_is_left_to_end(bench: Bench) -> None:
    """Also when a beat, which was on its way, finds that the job is not held any more."""
    ledger, ended = Ledger(bench.jobs), asyncio.Event()
    ledger.reached.set()

    async def lingers(transaction: Transaction, actor: Actor) -> None:
        assert await ledger.beats.get()
        await leave_an_effect(transaction, actor)
        while await ledger.beats.get():
            pass  # from before the effect
        await turns()
        ended.set()

    bench.script.play = lingers
    (job_id,) = await bench.plan()
    assert await bench.runner(ledger.as_jobs(), lease=SHORT)(job_id)
    assert ended.is_set()


async def test_a_worker_told_to_stop_at_once_leaves_the_job_to_the_next(bench: Bench) -> None:
    (job_id,) = await bench.plan()
    begun = asyncio.Event()

    async def waits(_transaction: Transaction, _actor: Actor) -> None:
        begun.set()
        await asyncio.Event().wait()

    bench.script.play = waits
    running = asyncio.create_task(bench.runner(lease=LONG)(job_id))
    await begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await bench.count(JobState.RUNNING) == 1
    assert (await taken_over(bench, job_id)).attempt == 2
