"""Policies that were written for Supabase run here, and the names that they use open nothing of ours."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import asyncpg
import pytest
from tests.conftest import PASSWORD, Urls, in_database
from tests.integration.walls.town import tables

from skillbridge.adapters import schema
from skillbridge.domain.actor import NOBODY

pytestmark = pytest.mark.row("B2")

AMINA, BOLA, TENANT = uuid4(), uuid4(), uuid4()
NOTES = """
    create table notes (id int primary key, user_id uuid not null, told boolean not null default false);
    alter table notes enable row level security;
    alter table notes force row level security;
    grant select, insert, update, delete on notes to anon, authenticated, service_role;
    create policy "Users see their own notes" on notes for select
        to authenticated using ((select auth.uid()) = user_id);
    create policy "Users write their own notes" on notes for insert
        to authenticated with check ((select auth.uid()) = user_id);
    create policy "Users see notes of their tenant by the token" on notes for select
        to authenticated using (
            told and (select auth.jwt()) -> 'app_metadata' ->> 'tenant_id' is not null
            and (select auth.role()) = 'authenticated'
        );
"""
WHO = """select set_config('app.user_id', $1, true), set_config('app.tenant_id', $2, true),
    set_config('app.standing', $3, true)"""


@asynccontextmanager
async def asking(
    connection: asyncpg.Connection,
    user: UUID = NOBODY,
    *,
    role: str | None = None,
    kind: str = "person",
) -> AsyncIterator[asyncpg.Connection]:
    """A transaction as one of ours begins; whatever it does is undone."""
    undone = connection.transaction()
    await undone.start()
    await connection.execute(
        WHO.replace("$1", f"'{user}'").replace("$2", f"'{TENANT}'").replace("$3", f"'{kind}'")
    )
    if role:
        await connection.execute(f"set local role {role}")
    try:
        yield connection
    finally:
        await undone.rollback()


@pytest.fixture
async def notes(admin: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    undone = admin.transaction()
    await undone.start()
    await admin.execute(NOTES)
    await admin.execute(
        f"insert into notes values (1, '{AMINA}', false), (2, '{BOLA}', false), (3, '{BOLA}', true)"
    )
    yield admin
    await undone.rollback()


async def seen(connection: asyncpg.Connection) -> list[int]:
    return [row["id"] for row in await connection.fetch("select id from notes order by id")]


async def test_a_policy_of_supabase_shows_each_their_own(notes: asyncpg.Connection) -> None:
    async with asking(notes, AMINA, role="authenticated") as amina:
        assert await seen(amina) == [1, 3]
    async with asking(notes, BOLA, role="authenticated") as bola:
        assert await seen(bola) == [2, 3]


async def test_a_policy_of_supabase_lets_each_write_their_own(notes: asyncpg.Connection) -> None:
    async with asking(notes, AMINA, role="authenticated") as amina:
        await amina.execute(f"insert into notes values (4, '{AMINA}')")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await amina.execute(f"insert into notes values (5, '{BOLA}')")


@pytest.mark.parametrize("user", [NOBODY, AMINA])
async def test_anon_is_nobody_and_sees_nothing(notes: asyncpg.Connection, user: UUID) -> None:
    async with asking(notes, user, role="anon") as anon:
        assert await anon.fetchval("select current_user") == "anon"
        assert await anon.fetchval("select auth.uid()") is None
        assert await anon.fetchval("select auth.role()") == "anon"
        assert await seen(anon) == []


async def test_nobody_is_no_user(notes: asyncpg.Connection) -> None:
    async with asking(notes, role="authenticated") as nobody:
        assert await nobody.fetchval("select auth.uid()") is None
        assert await seen(nobody) == []


@pytest.mark.parametrize("login", ["app", "auth", "worker"])
async def test_auth_uid_is_who_asks_on_every_login(urls: Urls, login: str) -> None:
    connection = await asyncpg.connect(getattr(urls, login))
    try:
        assert await connection.fetchval("select auth.uid()") is None
        async with asking(connection, AMINA) as amina:
            found = await amina.fetchrow("select auth.uid() as theirs, app.user_id() as ours")
            assert found is not None
            assert found["theirs"] == found["ours"] == AMINA
        async with asking(connection) as nobody:
            assert await nobody.fetchval("select auth.uid()") is None
            assert await nobody.fetchval("select auth.jwt() ->> 'role'") == "anon"
    finally:
        await connection.close()


@pytest.mark.parametrize(("login", "role"), [("app", "anon"), ("worker", "service_role")])
async def test_the_system_is_believed_from_its_login_alone(
    urls: Urls, login: str, role: str
) -> None:
    connection = await asyncpg.connect(getattr(urls, login))
    try:
        async with asking(connection, kind="system") as forger:
            assert await forger.fetchval("select auth.role()") == role
    finally:
        await connection.close()


@pytest.mark.parametrize("role", schema.OF_SUPABASE)
async def test_the_roles_see_and_change_no_table_of_ours(
    admin: asyncpg.Connection, role: str
) -> None:
    rights = "select, insert, update, delete, truncate, references, trigger"
    for table in await tables(admin):
        granted = await admin.fetchval(
            "select has_table_privilege($1, $2, $3)", role, table, rights
        )
        columns = await admin.fetchval(
            "select has_any_column_privilege($1, $2, 'select, insert, update')", role, table
        )
        assert (granted, columns) == (False, False), table


@pytest.mark.parametrize("role", schema.OF_SUPABASE)
@pytest.mark.parametrize("login", ["app", "auth", "worker"])
async def test_no_login_takes_a_role_of_supabase(urls: Urls, login: str, role: str) -> None:
    connection = await asyncpg.connect(getattr(urls, login))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(f"set role {role}")
    finally:
        await connection.close()


async def test_what_a_client_of_supabase_claims_is_not_believed(
    notes: asyncpg.Connection,
) -> None:
    """No program of ours sets claims of a request: who finds a way to set them is nobody by that."""
    async with asking(notes, role="authenticated") as nobody:
        for name, value in (("claims", f'{{"sub": "{AMINA}"}}'), ("claim.sub", str(AMINA))):
            await nobody.execute(f"select set_config('request.jwt.{name}', '{value}', true)")
        assert await nobody.fetchval("select auth.uid()") is None


async def test_a_schema_that_supabase_made_stays_as_it_is(server: str) -> None:
    name = f"sb_{uuid4().hex[:12]}"
    over = await asyncpg.connect(server)
    await over.execute(f"create database {name}")
    url = in_database(server, name)
    theirs = await asyncpg.connect(url)
    await theirs.execute(
        "create schema auth; create function auth.uid() returns uuid language sql as 'select null::uuid'"
    )
    before = await _of_auth(theirs)
    try:
        await schema.prepare(
            url, app_password=PASSWORD, auth_password=PASSWORD, worker_password=PASSWORD
        )
        await schema.upgrade(url)
        assert await _of_auth(theirs) == before
        await schema.downgrade(url, "0029")
        assert await _of_auth(theirs) == before
    finally:
        await theirs.close()
        await over.execute(f"drop database {urlsplit(url).path[1:]} with (force)")
        await over.close()


async def _of_auth(connection: asyncpg.Connection) -> list[tuple[str, str]]:
    rows = await connection.fetch(
        """select p.oid::regprocedure::text as name, pg_get_functiondef(p.oid) as made, n.nspacl
        from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace where n.nspname = 'auth'"""
    )
    return [(row["name"], f"{row['made']} {row['nspacl']}") for row in rows]
