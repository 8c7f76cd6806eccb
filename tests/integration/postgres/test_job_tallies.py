"""The number of jobs done is kept right by whoever moves them, and nobody waits for it."""

import asyncio
import random
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest
from tests.conftest import Urls

from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.kernel.jobs import PostgresJobs
from skillbridge.application.ports.jobs import JobState

pytestmark = pytest.mark.row("L1")

ADD = """insert into jobs (id, tenant_id, kind, slot, state)
    select gen_random_uuid(), $1, 'Tallied', n::text, $2 from generate_series($3::int, $4) as n"""
DONE = "update jobs set state = 'done' where slot = $1 and kind = 'Tallied'"
UNDONE = "update jobs set state = 'ready' where slot = $1 and kind = 'Tallied'"


@pytest.fixture
async def tenant(admin: asyncpg.Connection) -> AsyncIterator[UUID]:
    await admin.execute("truncate jobs, events")
    made = await admin.fetchval(
        "insert into tenants (id, slug, name) values"
        " (gen_random_uuid(), 'tallied-' || gen_random_uuid(), 'T') returning id"
    )
    yield made
    await admin.execute("delete from jobs")


async def told_and_counted(urls: Urls, admin: asyncpg.Connection) -> tuple[int, int]:
    database = await Database.connect(urls.worker, size=1)
    told = await PostgresJobs(database).counts()
    await database.close()
    found = await admin.fetch("select state, count(*) as number from jobs group by state")
    rows: dict[str, int] = {row["state"]: row["number"] for row in found}
    assert {state: told[state] for state in JobState if state is not JobState.DONE} == {
        state: rows.get(state, 0) for state in JobState if state is not JobState.DONE
    }
    return told[JobState.DONE], rows.get("done", 0)


async def test_the_tally_is_what_a_count_would_say(
    urls: Urls, admin: asyncpg.Connection, tenant: UUID
) -> None:
    """Twenty at once finish jobs, open them again, delete them, and take back a third of it all."""
    await admin.execute(ADD, tenant, "ready", 1, 200)
    await admin.execute(ADD, tenant, "done", 201, 220)

    async def work(chance: random.Random) -> None:
        connection = await asyncpg.connect(urls.admin)
        for _ in range(20):
            transaction = connection.transaction()
            await transaction.start()
            slot = str(chance.randint(1, 220))
            await connection.execute(chance.choice([DONE, DONE, UNDONE]), slot)
            if chance.random() < 0.1:
                await connection.execute("delete from jobs where slot = $1", slot)
            await (transaction.rollback() if chance.random() < 0.3 else transaction.commit())
        await connection.close()

    await asyncio.gather(*(work(random.Random(seed)) for seed in range(20)))
    told, counted = await told_and_counted(urls, admin)
    assert told == counted > 0


async def test_who_finishes_a_job_waits_for_nobody_who_does_the_same(
    urls: Urls, admin: asyncpg.Connection, tenant: UUID
) -> None:
    await admin.execute(ADD, tenant, "ready", 1, 3)
    await admin.execute(DONE, "3")
    other = await asyncpg.connect(urls.admin)
    await other.execute("set lock_timeout = 1")
    async with admin.transaction():
        await admin.execute(DONE, "1")
        await other.execute(DONE, "2")
    await other.close()
    assert await told_and_counted(urls, admin) == (3, 3)


async def test_no_jobs_are_none_done(urls: Urls, admin: asyncpg.Connection, tenant: UUID) -> None:
    await admin.execute(ADD, tenant, "done", 1, 5)
    assert await told_and_counted(urls, admin) == (5, 5)
    await admin.execute("truncate jobs")
    assert await told_and_counted(urls, admin) == (0, 0)
