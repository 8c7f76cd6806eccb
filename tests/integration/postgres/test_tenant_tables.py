"""Every table has a tenant or says why not, and a tenant's last row goes with it: by the catalogue."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from tests.conftest import Urls
from tests.integration.walls.town import Town, open_town, tables
from tests.support.given.world import World

from skillbridge.adapters.postgres.engine.clauses import here
from skillbridge.adapters.postgres.engine.database import NOWHERE, Database
from skillbridge.adapters.postgres.engine.statements import Query, Read
from skillbridge.adapters.postgres.kernel.tenant_rows import PostgresTenantRows
from skillbridge.adapters.postgres.roadmaps.tables import roadmaps
from skillbridge.application.ports.tenants import TenantRows
from skillbridge.application.tenancy.lifecycle import EraseTenant, SuspendTenant
from skillbridge.domain.actor import Actor
from skillbridge.domain.tenancy.settings import Change

pytestmark = pytest.mark.row("B11", "B2")

OF_NOBODY = {
    "alembic_version": "at which migration the database stands",
    "job_tallies": "how many jobs are done, of all tenants together",
    "processes": "which programs of the installation live",
    "tenants": "is the tenant itself",
}
"""Tables without a tenant, and what they hold."""


@pytest.fixture
async def town(urls: Urls) -> AsyncIterator[Town]:
    """One that may end."""
    async with open_town(urls) as opened:
        yield opened


async def test_every_table_has_a_tenant_or_says_why_not(admin: asyncpg.Connection) -> None:
    found = await admin.fetch(
        """select c.relname as name from pg_class as c
        join pg_attribute as a on a.attrelid = c.oid and a.attname = 'tenant_id' and a.attnotnull
        join pg_constraint as f on f.conrelid = c.oid and f.confrelid = 'tenants'::regclass
        join pg_policy as p on p.polrelid = c.oid and p.polname = 'erased_with_its_tenant'
        where c.relkind in ('r', 'p')"""
    )
    with_a_path = {row["name"] for row in found}
    assert not with_a_path & OF_NOBODY.keys()
    assert sorted(with_a_path | OF_NOBODY.keys()) == await tables(admin), (
        "a new table has tenant_id, its key to tenants, and gets its policy when policies.sql is applied"
    )


async def test_what_refers_to_others_is_erased_before_them(
    admin: asyncpg.Connection, urls: Urls
) -> None:
    database = await Database.connect(urls.worker, size=1)
    order = await PostgresTenantRows(database).tables()
    await database.close()
    referring = await admin.fetch(
        """select conrelid::regclass::text as one, confrelid::regclass::text as other
        from pg_constraint where contype = 'f' and confrelid <> 'tenants'::regclass
            and conrelid <> confrelid"""
    )
    assert referring
    for row in referring:
        assert order.index(row["one"]) < order.index(row["other"]), row
    assert set(order) == set(await tables(admin)) - OF_NOBODY.keys()


async def test_an_erased_tenant_leaves_no_row_in_any_table_and_its_neighbour_all(
    town: Town,
) -> None:
    world, abroad = town.world, town.abroad
    full = {table for table, rows in (await town.rows()).items() if rows}
    assert full == set(await tables(town.admin)) - (OF_NOBODY.keys() - {"tenants"})
    await abroad.do(SuspendTenant, abroad.system(), Change("only to see"))
    beside = await rows_of(abroad)
    assert beside
    await world.do(SuspendTenant, world.system(), Change("it has asked for its end"))
    gone = await world.do(EraseTenant, world.system(), confirmed=world.slug)
    assert full - {"tenants"} <= {table for table, count in gone.items() if count}
    assert not any((await town.rows()).values())
    assert await rows_of(abroad) == beside


async def rows_of(world: World) -> list[tuple[str, str]]:
    async with world.scope(world.system()) as scope:
        rows: TenantRows = await scope.get(TenantRows)
        return [row async for row in rows.rows(world.tenant_id)]


async def test_only_a_tenant_that_is_being_erased_loses_rows(town: Town, urls: Urls) -> None:
    """Nor does the API's login erase, whatever it says."""
    before = await town.rows()
    async with town.world.scope(town.world.system()) as scope:
        rows: TenantRows = await scope.get(TenantRows)
        for table in await rows.tables():
            assert await rows.erase(town.world.tenant_id, table, most=9) == 0
        await rows.forget(town.world.tenant_id)
    assert await town.rows() == before
    login = await asyncpg.connect(urls.app)
    for call in ("open_rows('users')", "erase_rows('users', 9)", "forget_tenant()"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await login.execute(f"select app.{call}")
    await login.close()


async def test_code_without_a_tenant_raises_and_never_reads_no_rows(urls: Urls) -> None:
    statement = roadmaps.select().where(here(roadmaps))
    database = await Database.connect(urls.app, size=1)
    nobody = Actor.person(NOWHERE.user_id, NOWHERE.tenant_id)
    try:
        for who in (NOWHERE, nobody):
            with pytest.raises(KeyError, match="tenant"):
                await database.read(who, Read(statement))
            async with database.transaction(who) as db:
                with pytest.raises(KeyError, match="tenant"):
                    await db.rows(Query(statement))
    finally:
        await database.close()
