"""What is past its term goes, by the clock and in the tenant whose job it is; what is younger by a moment stays."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from tests.conftest import Urls
from tests.integration.walls.town import Town, open_town

from skillbridge.adapters.personal_data.register import Retention, tables
from skillbridge.application.privacy.retention import ForgetByAge, PreviewRetention
from skillbridge.application.privacy.views import PastTerm

pytestmark = [pytest.mark.row("C9", "B7"), pytest.mark.asvs("14.2.7")]

OWN = [(name, age) for name, table in tables().items() for age in table.retention if not age.by]
"""What the schedule itself deletes."""
MADE_SO = {
    "state = 'done'": "update jobs set state = 'done', done_at = now() where tenant_id = $1",
    "state = 'dead'": "update jobs set state = 'dead' where tenant_id = $1",
    "not exists (select from jobs where jobs.event_id = events.id)": (
        "delete from jobs where tenant_id = $1"
    ),
    "true": "update privacy_requests set state = 'done', ended_at = now() where tenant_id = $1",
}
"""What must hold besides the age is made to hold for all of the tenant's rows."""


@pytest.fixture
async def town(urls: Urls) -> AsyncIterator[Town]:
    async with open_town(urls) as found:
        await found.admin.execute("set session_replication_role = replica")  # times are ours here
        yield found


async def aged(town: Town, table: str, age: Retention, tenant: Any, by: timedelta) -> int:
    """How many rows of the tenant are now so much older than their term."""
    done = await town.admin.execute(
        f"update {table} set {age.since} = now() - $2::interval where tenant_id = $1",
        *(tenant, timedelta(days=age.days) + by),
    )
    return int(done.rpartition(" ")[2])


async def count(town: Town, table: str) -> int:
    query = f"select count(*) from {table} where tenant_id = $1"
    return int(await town.admin.fetchval(query, town.world.tenant_id))


async def forget(town: Town) -> dict[str, int]:
    gone: dict[str, int] = await town.world.ask(ForgetByAge, "now", town.world.system())
    return gone


@pytest.mark.parametrize(("table", "age"), OWN, ids=[f"{name}-{age.days}" for name, age in OWN])
async def test_it_goes_when_its_days_are_over_and_not_before(
    town: Town, table: str, age: Retention
) -> None:
    tenant, abroad = town.world.tenant_id, town.abroad.tenant_id
    assert await count(town, table), "the town has one of everything"
    await town.admin.execute(MADE_SO[age.where], tenant)
    assert await aged(town, table, age, tenant, timedelta(hours=-1))
    before = await count(town, table)
    assert (await forget(town)).get(table, 0) == 0
    assert await count(town, table) == before
    old = await aged(town, table, age, tenant, timedelta(minutes=1))
    await town.admin.execute(
        "insert into events (id, tenant_id, name, payload, at, recorded_at)"
        " values (gen_random_uuid(), $1, 'x', '{}', 'epoch', 'epoch')",
        abroad,
    )
    seen = {
        (past.term.table, past.term.days): past.rows
        for past in await town.world.do(PreviewRetention, town.world.system())
    }
    assert seen[(table, age.days)] == old
    assert await count(town, table) == before, "whoever only looks deletes nothing"
    assert (await forget(town))[table] == old
    assert await count(town, table) == before - old
    kept = "select count(*) from events where tenant_id = $1 and name = 'x'"
    assert await town.admin.fetchval(kept, abroad) == 1


async def test_an_event_stays_while_a_job_of_it_is_there(town: Town) -> None:
    (age,) = tables()["events"].retention
    await aged(town, "events", age, town.world.tenant_id, timedelta(minutes=1))
    await town.admin.execute(
        "update jobs set created_at = now() where tenant_id = $1", town.world.tenant_id
    )
    await forget(town)
    orphans = "select count(*) from jobs where tenant_id = $1 and event_id is not null and not exists (select from events where id = event_id)"
    assert await town.admin.fetchval(orphans, town.world.tenant_id) == 0
    assert await count(town, "jobs")


async def test_what_others_delete_is_counted_and_left_to_them(town: Town) -> None:
    past: list[PastTerm] = await town.world.do(PreviewRetention, town.world.system())
    theirs = {one.term.table: one.term.by for one in past if one.term.by}
    assert theirs["sign_ins"] == "ForgetSignIns"
    assert not theirs.keys() & (await forget(town)).keys()
