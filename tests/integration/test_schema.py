"""The database keeps its promises: policies everywhere, and migrations that go both ways."""

from collections.abc import AsyncIterator
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from tests.conftest import PASSWORD, Urls, in_database, new_database

from skillbridge.adapters.postgres import schema
from skillbridge.adapters.postgres.tables import metadata

OURS = """
    select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
           pg_get_userbyid(c.relowner) as owner,
           (select count(*) from pg_policy as p where p.polrelid = c.oid) as policies
    from pg_class as c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and c.relname <> 'alembic_version'
"""
SHAPE = """
    select table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable as line
    from information_schema.columns where table_schema = 'public'
    union all
    select tablename || ' ' || policyname || ' ' || cmd || ' ' || coalesce(qual, '')
    from pg_policies
    union all
    select event_object_table || ' ' || trigger_name || ' ' || event_manipulation
    from information_schema.triggers
    union all
    select p.oid::regprocedure || ' ' || p.prosrc from pg_proc as p
    where p.pronamespace = to_regnamespace('app')
    union all
    select indexdef from pg_indexes where schemaname = 'public'
    union all
    select conrelid::regclass || ' ' || conname || ' '
        || replace(pg_get_constraintdef(oid), ' NOT VALID', '') -- what 0008 has seen stays seen
    from pg_constraint where connamespace = 'public'::regnamespace
    union all
    select c.relname || ' ' || coalesce(c.relacl::text, '') || c.relforcerowsecurity
    from pg_class as c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
    order by line
"""


@pytest.fixture
async def lonely(server: str) -> AsyncIterator[Urls]:
    """A database of the test's own, for what would disturb others."""
    made = await new_database(server)
    yield made
    connection = await asyncpg.connect(in_database(server, "postgres"))
    await connection.execute(f"drop database {urlsplit(made.admin).path[1:]} with (force)")
    await connection.close()


async def shape(url: str) -> list[str]:
    connection = await asyncpg.connect(url)
    try:
        return [row["line"] for row in await connection.fetch(SHAPE)]
    finally:
        await connection.close()


@pytest.mark.row("B2")
async def test_every_table_has_row_level_security_forced_and_a_policy(
    admin: asyncpg.Connection,
) -> None:
    tables = await admin.fetch(OURS)
    assert {table["name"] for table in tables} == set(metadata.tables)
    bare = [t["name"] for t in tables if not (t["enabled"] and t["forced"] and t["policies"])]
    assert bare == []
    assert {table["owner"] for table in tables} == {schema.OWNER}


@pytest.mark.row("B2")
async def test_no_login_of_ours_may_pass_the_policies(admin: asyncpg.Connection) -> None:
    mighty = await admin.fetch(
        """select rolname from pg_roles where rolname like 'skillbridge%'
        and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb)"""
    )
    assert mighty == []


@pytest.mark.row("B2")
async def test_without_an_actor_no_row_of_a_person_is_seen(
    urls: Urls, admin: asyncpg.Connection
) -> None:
    connection = await asyncpg.connect(urls.app)
    try:
        for table in sorted(set(metadata.tables) - {"tenants", "processes"}):
            granted = await admin.fetchval(
                "select has_table_privilege($1, $2, 'select')", schema.APP, table
            )
            if granted:
                assert await connection.fetchval(f"select count(*) from {table}") == 0, table
    finally:
        await connection.close()


@pytest.mark.row("B3")
async def test_a_hosted_servers_address_is_understood(urls: Urls) -> None:
    """With options that only the driver knows, and by either name of the scheme."""
    hosted = urls.admin.replace("postgresql://", "postgres://") + "?sslmode=prefer"
    assert await schema.revision_of(hosted) == schema.newest()
    await schema.upgrade(hosted)


@pytest.mark.row("B3")
async def test_migrations_and_tables_do_not_drift(urls: Urls) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))

    engine = create_async_engine(
        urls.admin.replace("postgresql://", "postgresql+asyncpg://"), poolclass=NullPool
    )
    try:
        async with engine.connect() as connection:
            assert await connection.run_sync(differences) == []
    finally:
        await engine.dispose()


@pytest.mark.row("B3")
async def test_each_migration_takes_back_what_it_did_and_no_more(lonely: Urls) -> None:
    numbers = [f"{number:04d}" for number in range(1, int(schema.newest()) + 1)]
    await schema.downgrade(lonely.admin, numbers[0])
    shapes = []
    for number in numbers:
        await schema.upgrade(lonely.admin, number)
        shapes.append(await shape(lonely.admin))
    for number, before in zip(reversed(numbers[:-1]), reversed(shapes[:-1]), strict=True):
        await schema.downgrade(lonely.admin, number)
        assert await shape(lonely.admin) == before, number


@pytest.mark.row("B3")
async def test_migrations_go_up_down_and_up_again(lonely: Urls) -> None:
    made = await shape(lonely.admin)
    await schema.downgrade(lonely.admin, "base")
    assert [line for line in await shape(lonely.admin) if "alembic" not in line] == []
    await schema.upgrade(lonely.admin)
    assert await shape(lonely.admin) == made
    assert await schema.revision_of(lonely.admin) == schema.newest()


@pytest.mark.row("B3")
def test_migrations_can_be_written_out_for_somebody_else_to_run() -> None:
    """Word for word: a colon in a function is no parameter."""
    written = StringIO()
    command.upgrade(Config("alembic.ini", output_buffer=written), "head", sql=True)
    scripts = [path for path in Path("migrations/sql").glob("*.sql") if "_down" not in path.name]
    assert len(scripts) >= 8
    for path in scripts:
        assert path.read_text("utf-8") in written.getvalue(), path


@pytest.mark.row("B3")
async def test_preparing_and_migrating_again_changes_nothing(lonely: Urls) -> None:
    made = await shape(lonely.admin)
    await schema.prepare(lonely.admin, app_password=PASSWORD, worker_password=PASSWORD)
    await schema.upgrade(lonely.admin)
    assert await shape(lonely.admin) == made
