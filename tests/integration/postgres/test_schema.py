"""The database keeps its promises: policies everywhere, and migrations that go both ways."""

from collections.abc import AsyncIterator
from io import StringIO
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from tests.conftest import PASSWORD, Urls, in_database, new_database
from tests.support.measures.catalogue import catalogue

from skillbridge.adapters import schema
from skillbridge.adapters.migrations import migrations
from skillbridge.adapters.postgres.engine import revision
from skillbridge.adapters.postgres.tables import metadata
from sql_files import SQL, TOPICS

OURS = """
    select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
           pg_get_userbyid(c.relowner) as owner, c.relispartition as partition, c.relacl as granted,
           (select count(*) from pg_policy as p where p.polrelid = c.oid) as policies
    from pg_class as c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and c.relname <> 'alembic_version'
"""
SABOTAGE = {
    "a dropped check": "alter table matches drop constraint ck_matches_message",
    "a narrowed check": """alter table roadmaps drop constraint ck_roadmaps_hours,
        add constraint ck_roadmaps_hours check (hours_per_week between 1 and 40)""",
    "a check that has seen no row": """alter table profiles drop constraint ck_profiles_bio,
        add constraint ck_profiles_bio check (char_length(bio) <= 2000) not valid""",
    "another predicate of an index": """drop index uq_matches_open_pair;
        create unique index uq_matches_open_pair on matches (learner_id, mentor_id)
        where status = 'active'""",
    "a changed default": "alter table mentors alter accepting set default false",
    "a missing default": "alter table profiles alter languages drop default",
    "a column that may be null": "alter table notices alter title drop not null",
    "another type": "alter table roadmaps alter percent type integer",
    "a missing key": "alter table notices drop constraint uq_notices_user_id_event_id",
    "a table outside of the policies": "alter table jobs no force row level security",
    "a changed function": """create or replace function app.is_doorkeeper() returns boolean
        language sql stable return true""",
    "a function that forgot its search path": "alter function app.stamp() reset all",
    "a missing trigger": "drop trigger guard_match on matches",
    "a trigger that sleeps": "alter table matches disable trigger guard_match",
    "a changed policy": "alter policy owner_reads on trophies using (true)",
    "one policy more": "create policy everyone on users for select using (true)",
    "a grant": "grant delete on users to skillbridge_app",
    "a grant of a column": "grant update (body) on notices to skillbridge_app",
    "a missing grant": "revoke execute on function app.term(text, text) from skillbridge_app",
}


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
        return await catalogue(connection)
    finally:
        await connection.close()


async def seen(url: str) -> list[str]:
    """What 0008 has seen stays seen on the way back."""
    return [line.replace(" NOT VALID", "") for line in await shape(url)]


@pytest.fixture(scope="session")
async def written(server: str) -> list[str]:
    """The catalogue of `tables.py` and `migrations/sql/current`, without any migration."""
    url = in_database(server, f"sb_{uuid4().hex[:12]}")
    over = await asyncpg.connect(server)
    await over.execute(f"create database {urlsplit(url).path[1:]}")
    await schema.prepare(
        url, app_password=PASSWORD, auth_password=PASSWORD, worker_password=PASSWORD
    )
    engine = create_async_engine(url.replace("postgresql:", "postgresql+asyncpg:"))
    async with engine.begin() as connection:
        await connection.execute(text(f"set role {schema.OWNER}"))
        await connection.run_sync(
            lambda sync: MigrationContext.configure(sync)._ensure_version_table()
        )
        await connection.run_sync(metadata.create_all)
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        for topic in TOPICS:
            await driver.execute((SQL / "current" / f"{topic}.sql").read_text("utf-8"))
    await engine.dispose()
    found = await shape(url)
    await over.execute(f"drop database {urlsplit(url).path[1:]} with (force)")
    await over.close()
    return found


@pytest.mark.row("B2")
async def test_every_table_has_row_level_security_forced_and_a_policy(
    admin: asyncpg.Connection,
) -> None:
    found = await admin.fetch(OURS)
    tables = [table for table in found if not table["partition"]]
    assert {table["name"] for table in tables} == set(metadata.tables)
    bare = [t["name"] for t in tables if not (t["enabled"] and t["forced"] and t["policies"])]
    assert bare == []
    assert {table["owner"] for table in found} == {schema.OWNER}


@pytest.mark.row("B2", "B6")
async def test_a_partition_is_read_through_its_table_alone(admin: asyncpg.Connection) -> None:
    """It obeys policies of its own when it is named, and has none: nobody sees a row that way."""
    partitions = [table for table in await admin.fetch(OURS) if table["partition"]]
    assert len(partitions) >= 4
    for one in partitions:
        assert one["enabled"], one["name"]
        assert one["forced"], one["name"]
        assert one["policies"] == 0, one["name"]
        holders = {right.partition("=")[0] for right in one["granted"] or ()}
        assert holders <= {"skillbridge_owner"}, one["name"]


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
    assert await schema.revision_of(hosted) == revision.newest()
    await schema.upgrade(hosted)


@pytest.mark.row("B3")
async def test_migrations_make_what_is_written(urls: Urls, written: list[str]) -> None:
    assert await shape(urls.admin) == written


@pytest.mark.row("B3")
@pytest.mark.parametrize("change", SABOTAGE.values(), ids=SABOTAGE)
async def test_no_other_schema_looks_like_it(
    admin: asyncpg.Connection, written: list[str], change: str
) -> None:
    undone = admin.transaction()
    await undone.start()
    try:
        await admin.execute(change)
        assert await catalogue(admin) != written
    finally:
        await undone.rollback()


@pytest.mark.row("B3")
async def test_each_migration_takes_back_what_it_did_and_no_more(lonely: Urls) -> None:
    numbers = sorted(path.name[:4] for path in migrations().glob("versions/[0-9]*.py"))
    await schema.downgrade(lonely.admin, numbers[0])
    shapes = []
    for number in numbers:
        await schema.upgrade(lonely.admin, number)
        shapes.append(await seen(lonely.admin))
    for number, before in zip(reversed(numbers[:-1]), reversed(shapes[:-1]), strict=True):
        await schema.downgrade(lonely.admin, number)
        assert await seen(lonely.admin) == before, number


@pytest.mark.row("B3")
async def test_migrations_go_up_down_and_up_again(lonely: Urls) -> None:
    made = await shape(lonely.admin)
    await schema.downgrade(lonely.admin, "base")
    assert [line for line in await shape(lonely.admin) if "alembic" not in line] == [
        "extension plpgsql"
    ]
    await schema.upgrade(lonely.admin)
    assert await shape(lonely.admin) == made
    assert await schema.revision_of(lonely.admin) == revision.newest()


@pytest.mark.row("B3")
def test_migrations_can_be_written_out_for_somebody_else_to_run() -> None:
    """Word for word: a colon in a function is no parameter."""
    written = StringIO()
    command.upgrade(Config("alembic.ini", output_buffer=written), "head", sql=True)
    scripts = [path for path in SQL.rglob("*.sql") if "_down" not in path.name]
    assert len(scripts) >= 8
    for path in scripts:
        assert path.read_text("utf-8") in written.getvalue(), path


@pytest.mark.row("B3")
async def test_preparing_and_migrating_again_changes_nothing(lonely: Urls) -> None:
    made = await shape(lonely.admin)
    await schema.prepare(
        lonely.admin, app_password=PASSWORD, auth_password=PASSWORD, worker_password=PASSWORD
    )
    await schema.upgrade(lonely.admin)
    assert await shape(lonely.admin) == made
