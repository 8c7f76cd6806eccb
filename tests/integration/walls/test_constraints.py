"""Every CHECK and every unique key by itself: the last value that fits, and the first that does not.

Triggers and foreign keys rest meanwhile, so that nothing but the constraint can refuse.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from tests.integration.walls.checks import CHECKS
from tests.integration.walls.town import Town

pytestmark = pytest.mark.row("B1")

THERE = """select conname as name, conrelid::regclass::text as table from pg_constraint
    where contype = 'c' and connamespace = 'public'::regnamespace
        and not exists (select from pg_class as c where c.oid = conrelid and c.relispartition)"""
OF_NO_TENANT = {"processes", "job_tallies"}
"""Elsewhere the database holds rows of other tests, too, in states that no case here knows."""


@asynccontextmanager
async def nothing_else_refuses(admin: asyncpg.Connection) -> AsyncIterator[None]:
    """A transaction of which nothing stays."""
    transaction = admin.transaction()
    await transaction.start()
    try:
        await admin.execute("set local session_replication_role = replica")
        yield
    finally:
        await transaction.rollback()


async def change(town: Town, table: str, what: str) -> None:
    """One row of the town, in a table with the same checks and without keys."""
    admin, mine = town.admin, "true" if table in OF_NO_TENANT else "tenant_id = $1"
    mine = "id = $1" if table == "tenants" else mine
    tenant = () if mine == "true" else (town.world.tenant_id,)
    async with nothing_else_refuses(admin):
        await admin.execute(f"create temp table one (like {table} including constraints)")
        await admin.execute(f"insert into one select * from {table} where {mine} limit 1", *tenant)
        done = await admin.execute(f"update one set {what}")
        assert done == "UPDATE 1", f"the town has nothing in {table}"


async def test_every_check_is_tried_here(town: Town) -> None:
    assert {row["name"] for row in await town.admin.fetch(THERE)} == CHECKS.keys()


@pytest.mark.asvs("2.2.3")
@pytest.mark.parametrize("name", CHECKS)
async def test_a_check_lets_through_what_fits_and_refuses_the_rest(town: Town, name: str) -> None:
    tables = {row["name"]: row["table"] for row in await town.admin.fetch(THERE)}
    fitting, refused = CHECKS[name]
    for what in fitting:
        await change(town, tables[name], what)
    for what in refused:
        with pytest.raises(asyncpg.CheckViolationError) as caught:
            await change(town, tables[name], what)
        assert caught.value.constraint_name == name, what
