"""One job and two workers: what counts is settled by the row of the job."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tests.conftest import Urls
from tests.integration.races.locks import needs
from tests.support.given.work import Bench, claimed, postgres_bench
from tests.support.timing.racing import race

from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.application.ports.jobs import Job, JobState
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import JobId

pytestmark = pytest.mark.row("L1")

OVER, LONG = timedelta(), timedelta(seconds=30)


@pytest.fixture
async def bench(tmp_path: Path, urls: Urls, admin: asyncpg.Connection) -> AsyncIterator[Bench]:
    async with postgres_bench(tmp_path, urls.worker, admin) as made:
        yield made


async def stalled(bench: Bench) -> Job:
    """A job whose worker still goes on with it, though its lease is over."""
    (job_id,) = await bench.plan()
    job = await claimed(bench.jobs, job_id, lease=OVER)
    assert job is not None
    return job


async def settles(bench: Bench, job: Job, *, step: bool) -> None:
    """What a worker does at the end of its transaction, whose COMMIT comes in the same message."""
    async with bench.container() as scope:
        database = await scope.get(Database)
        async with database.transaction(Actor.system(bench.tenant_id)) as db:
            await asked(db.driver, job, step=step)


async def asked(driver: Any, job: Job, *, step: bool) -> None:
    await driver.execute("select app.settle_job($1, $2, $3)", job.id, job.lease, step)


async def takes_over(bench: Bench, job_id: JobId) -> Job | None:
    return await claimed(bench.jobs, job_id, lease=LONG)


@needs("app.settle_job", "app.claim_jobs")
async def test_a_job_whose_step_is_just_being_made_is_passed_over(
    bench: Bench, admin: asyncpg.Connection
) -> None:
    """Who takes it over afterwards finds what the step has done."""
    job = await stalled(bench)
    step, taken = await race(
        admin, settles(bench, job, step=True), asked, takes_over(bench, job.id)
    )
    assert (step.error, taken.value, taken.waited) == (None, None, False)
    assert await bench.count(JobState.RUNNING) == 1


@needs("app.claim_jobs")
async def test_a_job_that_is_just_being_settled_is_passed_over(
    bench: Bench, admin: asyncpg.Connection
) -> None:
    job = await stalled(bench)
    settled, taken = await race(
        admin, settles(bench, job, step=False), asked, takes_over(bench, job.id)
    )
    assert (settled.error, taken.value, taken.waited) == (None, None, False)
    assert await bench.count(JobState.DONE) == 1


@needs("app.claim_jobs")
async def test_what_one_worker_is_claiming_another_passes_over(
    bench: Bench, admin: asyncpg.Connection
) -> None:
    """Neither waits for the other, and each gets what the other does not."""
    await bench.plan(2)
    first, second = await race(
        admin, claims_one(bench), claimed_by, bench.jobs.claim(limit=1, lease=LONG)
    )
    (other,) = second.value
    assert (first.error, second.waited) == (None, False)
    assert other.id != first.value


async def claims_one(bench: Bench) -> JobId:
    async with bench.container() as scope:
        database = await scope.get(Database)
        async with database.transaction(Actor.system(bench.tenant_id)) as db:
            return await claimed_by(db.driver)


async def claimed_by(driver: Any) -> JobId:
    return JobId(await driver.fetchval("select id from app.claim_jobs(1, '1 minute')"))


async def marked_done(by: asyncpg.Connection, job_id: JobId) -> None:
    await by.execute("update jobs set state = 'done' where id = $1", job_id)


@needs("app.tally_done")
async def test_who_finishes_a_job_waits_for_nobody_who_finishes_another(
    bench: Bench, urls: Urls, admin: asyncpg.Connection
) -> None:
    before, one, other = await bench.plan(3)
    await marked_done(admin, before)

    async def finishes(job_id: JobId) -> None:
        connection = await asyncpg.connect(urls.admin)
        try:
            async with connection.transaction():
                await marked_done(connection, job_id)
        finally:
            await connection.close()

    first, second = await race(admin, finishes(one), marked_done, finishes(other))
    assert (first.error, second.error, second.waited) == (None, None, False)
    assert await bench.count(JobState.DONE) == 3
