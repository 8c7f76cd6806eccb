"""What every ledger of work promises, on every backend."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from tests.support.given.work import EVERY, claimed, ready
from tests.support.given.world import World

from skillbridge.application.ports.jobs import Job, Jobs, JobState, LeaseLost, Step
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.events.accounts import AccountEnabled
from skillbridge.domain.events.event import Event
from skillbridge.domain.events.progress import ModuleCompleted
from skillbridge.domain.ids import JobId, ModuleId, RoadmapId

pytestmark = pytest.mark.row("L1", "A9")

LEASE = timedelta(seconds=30)
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


async def emit(world: World, *events: Event) -> list[JobId]:
    """What a use case does; returns the jobs that follow."""
    actor = await world.learner()
    async with world.scope(actor) as scope:
        transaction = await scope.get(Transaction)
        async with transaction(actor) as tx:
            tx.emit(*events)
    return await ready(await world.worker.get(Jobs))


async def one_job(world: World) -> JobId:
    (job_id,) = await emit(world, AccountEnabled(user_id=(await world.learner()).user_id, at=NOW))
    return job_id


async def claim(world: World, job_id: JobId, lease: timedelta = LEASE) -> Job:
    job = await claimed(await world.worker.get(Jobs), job_id, lease=lease)
    assert job is not None
    return job


async def test_an_event_plans_one_job_a_reaction(world: World) -> None:
    learner = await world.learner()
    event = ModuleCompleted(
        learner_id=learner.user_id,
        roadmap_id=RoadmapId(uuid4()),
        module_id=ModuleId("loops"),
        title="Loops",
        percent=10,
        at=NOW,
    )
    job_ids = await emit(world, event)
    found = [await claim(world, job_id) for job_id in job_ids]
    assert sorted(job.kind for job in found) == ["AwardBadges", "NotifyPeople"]
    assert [job.event for job in found] == [event, event]
    assert {job.event.id for job in found if job.event} == {event.id}
    assert {job.tenant_id for job in found} == {world.tenant_id}


async def test_the_request_that_caused_it_is_known_through_every_job(world: World) -> None:
    learner = replace(await world.learner(), request_id="asked-for-by-amina")
    async with world.scope(learner) as scope, (await scope.get(Transaction))(learner) as tx:
        tx.emit(AccountEnabled(user_id=learner.user_id, at=NOW))
    (job_id,) = await ready(await world.worker.get(Jobs))
    assert (await claim(world, job_id)).request_id == "asked-for-by-amina"
    silent = await one_job(world)
    assert (await claim(world, silent)).request_id == ""


async def test_a_transaction_that_fails_plans_nothing(world: World) -> None:
    actor = await world.learner()
    async with world.scope(actor) as scope:
        transaction = await scope.get(Transaction)
        with pytest.raises(ZeroDivisionError):  # noqa: PT012  the failure comes after the event
            async with transaction(actor) as tx:
                tx.emit(AccountEnabled(user_id=actor.user_id, at=NOW))
                raise ZeroDivisionError
    assert not await ready(await world.worker.get(Jobs))


async def test_many_claim_and_one_gets_it(world: World) -> None:
    await one_job(world)
    jobs = await world.worker.get(Jobs)
    claims = await asyncio.gather(*(jobs.claim(limit=5, lease=LEASE) for _ in range(10)))
    assert sum(map(len, claims)) == 1


async def test_a_job_whose_lease_ran_out_is_claimed_again_and_the_old_holder_is_fenced(
    world: World,
) -> None:
    job_id, jobs = await one_job(world), await world.worker.get(Jobs)
    first = await claim(world, job_id, lease=timedelta())
    second = await claim(world, job_id)
    assert (second.attempt, second.lease) == (2, first.lease + 1)
    assert not await jobs.extend(first, lease=LEASE)
    await jobs.finish([first])
    await jobs.fail(first, "too late", retry_in=None)
    assert (await jobs.counts())[JobState.RUNNING] == 1
    assert await jobs.extend(second, lease=LEASE)
    await jobs.finish([second])
    assert (await jobs.counts())[JobState.DONE] == 1


@pytest.mark.parametrize("end", [JobState.DONE, JobState.READY, JobState.DEAD])
async def test_who_has_ended_a_job_holds_it_no_more(world: World, end: JobState) -> None:
    job, jobs = await claim(world, await one_job(world)), await world.worker.get(Jobs)
    if end is JobState.DONE:
        await jobs.finish([job])
    else:
        again = timedelta(hours=1) if end is JobState.READY else None
        await jobs.fail(job, "it failed", retry_in=again)
    assert not await jobs.extend(job, lease=LEASE)
    assert (await jobs.counts())[end] == 1


async def test_the_effect_and_the_end_of_its_job_are_one(world: World) -> None:
    job = await claim(world, await one_job(world))
    system, jobs = world.system(), await world.worker.get(Jobs)
    async with world.worker({Job: job}) as scope:
        transaction, step = await scope.get(Transaction), await scope.get(Step)
        with pytest.raises(ZeroDivisionError):
            async with transaction(system):
                raise ZeroDivisionError
        assert (await jobs.counts())[JobState.RUNNING] == 1
        async with transaction(system, read_only=True):
            pass
        assert (await jobs.counts())[JobState.RUNNING] == 1
        async with transaction(system):
            pass
        assert (await jobs.counts())[JobState.DONE] == 1
        with pytest.raises(RuntimeError, match="one transaction"):
            async with transaction(system):
                pass
        with pytest.raises(RuntimeError, match="one transaction"):
            async with step(system):
                pass


async def test_the_effect_of_a_lost_job_does_not_count(world: World) -> None:
    job_id, system = await one_job(world), world.system()
    told = AccountEnabled(user_id=(await world.learner()).user_id, at=NOW)
    first = await claim(world, job_id, lease=timedelta())
    await claim(world, job_id)
    async with world.worker({Job: first}) as scope:
        transaction = await scope.get(Transaction)
        with pytest.raises(LeaseLost):
            async with transaction(system) as tx:
                tx.emit(told)
    assert not await ready(await world.worker.get(Jobs))


async def test_a_failed_job_waits_dies_and_is_replayed(world: World) -> None:
    job_id, jobs = await one_job(world), await world.worker.get(Jobs)
    await jobs.fail(await claim(world, job_id), "later", retry_in=timedelta(hours=1))
    assert not await jobs.claim(limit=10, lease=LEASE)
    (waiting,) = await jobs.report(JobState.READY)
    assert (waiting.id, waiting.error, waiting.attempts) == (job_id, "later", 1)
    assert not await jobs.replay(job_id)


async def test_a_dead_job_is_reported_and_replayed_with_all_its_attempts(world: World) -> None:
    job_id, jobs = await one_job(world), await world.worker.get(Jobs)
    await jobs.fail(await claim(world, job_id), "never", retry_in=None)
    (dead,) = await jobs.report(JobState.DEAD)
    assert (dead.id, dead.error) == (job_id, "never")
    assert await jobs.replay(job_id)
    assert (await claim(world, job_id)).attempt == 1


async def test_the_ledger_tells_its_time(world: World) -> None:
    jobs = await world.worker.get(Jobs)
    before = datetime.now(UTC)
    first, second = await jobs.now(), await jobs.now()
    assert before - timedelta(minutes=1) < first <= second < before + timedelta(minutes=5)


async def test_a_slot_is_planned_once_in_each_tenant(world: World) -> None:
    jobs, slot = await world.worker.get(Jobs), uuid4().hex
    assert await jobs.plan("Anything", slot) >= 1
    assert await jobs.plan("Anything", slot) == 0
    assert await jobs.plan("Anything", f"{slot}-later", due_in=timedelta(hours=1)) >= 1
    due = await jobs.claim(limit=EVERY, lease=LEASE)
    mine = [job for job in due if job.tenant_id == world.tenant_id]
    assert [(job.kind, job.slot, job.event) for job in mine] == [("Anything", slot, None)]


async def test_an_unknown_job_is_not_replayed(world: World) -> None:
    jobs = await world.worker.get(Jobs)
    assert not await jobs.replay(JobId(uuid4()))


async def test_a_requeued_job_has_lost_no_attempt(world: World) -> None:
    job_id, jobs = await one_job(world), await world.worker.get(Jobs)
    first = await claim(world, job_id)
    await jobs.requeue(first, "not mine", retry_in=timedelta())
    second = await claim(world, job_id)
    assert (second.attempt, second.lease) == (1, first.lease + 1)
    await jobs.requeue(first, "not mine any more", retry_in=timedelta())
    assert (await jobs.counts())[JobState.RUNNING] == 1


async def a_row_of_jobs(world: World, number: int) -> Sequence[Job]:
    """So many, claimed."""
    learner, jobs = await world.learner(), await world.worker.get(Jobs)
    await emit(world, *(AccountEnabled(user_id=learner.user_id, at=NOW) for _ in range(number)))
    row: Sequence[Job] = await jobs.claim(limit=number, lease=LEASE)
    return row


async def test_as_many_as_are_wanted_are_claimed_and_the_longest_due_first(world: World) -> None:
    row, jobs = await a_row_of_jobs(world, 5), await world.worker.get(Jobs)
    for place, job in enumerate(row):
        await jobs.requeue(job, "", retry_in=timedelta(hours=place - 5))
    first, rest = await jobs.claim(limit=3, lease=LEASE), await jobs.claim(limit=9, lease=LEASE)
    assert [job.id for job in (*first, *rest)] == [job.id for job in row]
    assert len(first) == 3
    assert not await jobs.claim(limit=9, lease=LEASE), "all are held"


async def test_many_are_finished_at_once_but_those_that_were_lost(world: World) -> None:
    row, jobs = await a_row_of_jobs(world, 4), await world.worker.get(Jobs)
    await jobs.requeue(row[0], "", retry_in=timedelta())
    (taken,) = await jobs.claim(limit=4, lease=LEASE)
    await jobs.finish(row)
    counts = await jobs.counts()
    assert (counts[JobState.DONE], counts[JobState.RUNNING]) == (3, 1)
    await jobs.finish([taken])
    assert (await jobs.counts())[JobState.DONE] == 4
