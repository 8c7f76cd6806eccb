"""One job and two workers: what counts is settled by the row of the job."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest
from tests.conftest import Urls
from tests.given_work import Bench, effect, postgres_bench
from tests.integration.races.locks import needs
from tests.racing import race

from skillbridge.adapters.postgres.transaction import PostgresTransaction
from skillbridge.application.ports import CurrentJob, Job, JobState, Transaction
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
    job = await bench.jobs.claim(job_id, lease=OVER)
    assert job is not None
    return job


async def goes_on(bench: Bench, job: Job, *, step: bool) -> None:
    actor = Actor.system(bench.tenant_id)
    async with bench.container() as scope:
        (await scope.get(CurrentJob)).job = job
        async with (await scope.get(Transaction))(actor, step=step) as tx:
            effect(tx)


async def takes_over(bench: Bench, job_id: JobId) -> int | None:
    """The number of effects that who takes the job over finds, if they can."""
    taken = await bench.jobs.claim(job_id, lease=LONG)
    return None if taken is None else await bench.effects()


@needs("transaction.HELD_JOB")
async def test_who_takes_a_job_over_finds_the_step_that_was_just_being_made(
    bench: Bench, admin: asyncpg.Connection
) -> None:
    job = await stalled(bench)
    step, taken = await race(
        admin,
        goes_on(bench, job, step=True),
        PostgresTransaction._settle,
        takes_over(bench, job.id),
    )
    assert (step.error, taken.value) == (None, 1)


async def test_a_job_that_is_just_being_settled_is_not_taken_over(
    bench: Bench, admin: asyncpg.Connection
) -> None:
    job = await stalled(bench)
    settled, taken = await race(
        admin,
        goes_on(bench, job, step=False),
        PostgresTransaction._settle,
        takes_over(bench, job.id),
    )
    assert (settled.error, taken.value) == (None, None)
    assert (await bench.count(JobState.DONE), await bench.effects()) == (1, 1)
