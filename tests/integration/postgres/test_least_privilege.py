"""What the catalogue of a migrated database must never say, whatever is added to it."""

import asyncio

import asyncpg
import pytest
from tests.conftest import Urls
from tests.support.timing.patience import PATIENCE

from skillbridge.adapters import schema
from skillbridge.adapters.migrations import migrations
from skillbridge.adapters.postgres.engine import database as module
from skillbridge.adapters.postgres.engine.database import NOWHERE, Database
from skillbridge.adapters.postgres.tables import metadata
from skillbridge.domain.errors import Unavailable
from skillbridge.local.waiting import until

pytestmark = pytest.mark.row("B2")

LOGINS = sorted(schema.PASSWORDS)
WITHIN = "('public'::regnamespace, 'app'::regnamespace, 'auth'::regnamespace)"
LINT = {
    "a table, view or sequence for everybody": f"""
        select c.oid::regclass::text from pg_class as c, aclexplode(c.relacl) as a
        where c.relnamespace in {WITHIN} and a.grantee = 0""",
    "a column for everybody": f"""
        select c.oid::regclass || '.' || t.attname
        from pg_attribute as t join pg_class as c on c.oid = t.attrelid, aclexplode(t.attacl) as a
        where c.relnamespace in {WITHIN} and a.grantee = 0""",
    "a function for everybody that is no trigger": f"""
        select p.oid::regprocedure::text
        from pg_proc as p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as a
        where p.pronamespace in {WITHIN} and a.grantee = 0
            and p.prorettype <> 'trigger'::regtype""",
    "a function of the owner's rights without a search path of its own": f"""
        select p.oid::regprocedure::text from pg_proc as p
        where p.pronamespace in {WITHIN} and p.prosecdef
            and not coalesce(p.proconfig, '{{}}') @> array['search_path=pg_catalog, pg_temp']""",
    "a function of anybody's but the owner": f"""
        select p.oid::regprocedure::text from pg_proc as p
        where p.pronamespace in {WITHIN} and p.proowner <> 'skillbridge_owner'::regrole""",
    "a view that reads as its owner": f"""
        select c.oid::regclass::text from pg_class as c
        where c.relnamespace in {WITHIN} and c.relkind in ('v', 'm')
            and not coalesce(c.reloptions, '{{}}') @> array['security_invoker=true']""",
    "a table without forced policies": f"""
        select c.oid::regclass::text from pg_class as c
        where c.relnamespace in {WITHIN} and c.relkind in ('r', 'p')
            and c.relname <> 'alembic_version'
            and not (c.relrowsecurity and c.relforcerowsecurity)""",
    "a schema in which others make things": f"""
        select n.nspname from pg_namespace as n, aclexplode(n.nspacl) as a
        where n.oid in {WITHIN} and a.privilege_type = 'CREATE'
            and a.grantee not in ('skillbridge_owner'::regrole, n.nspowner)""",
    "a right that may be handed on": f"""
        select c.oid::regclass::text from pg_class as c, aclexplode(c.relacl) as a
        where c.relnamespace in {WITHIN} and a.is_grantable and a.grantee <> c.relowner""",
}
SABOTAGE = {
    "a table, view or sequence for everybody": "grant select on tenants to public",
    "a column for everybody": "grant select (name) on tenants to public",
    "a function for everybody that is no trigger":
        "create function app.f() returns int return 1",
    "a function of the owner's rights without a search path of its own":
        "create function app.f() returns int security definer return 1",
    "a function of anybody's but the owner": "create function app.f() returns int return 1",
    "a view that reads as its owner": "create view everything as select * from users",
    "a table without forced policies": "create table more (id int)",
    "a schema in which others make things": "grant create on schema app to skillbridge_app",
    "a right that may be handed on":
        "grant select on tenants to skillbridge_app with grant option",
}  # fmt: skip


@pytest.mark.asvs("13.2.2")
async def test_a_new_function_is_for_nobody_until_the_grants_name_it(
    admin: asyncpg.Connection,
) -> None:
    """A function comes into the world for everybody; whichever migration made it, the grants take that back."""
    grants = (migrations() / "sql" / "current" / "grants.sql").read_text()
    may = "select bool_or(has_function_privilege(login, 'app.brand_new()', 'execute')) from unnest($1::text[]) as login"
    transaction = admin.transaction()
    await transaction.start()
    try:
        await admin.execute("create function app.brand_new() returns int language sql return 1")
        assert await admin.fetchval(may, LOGINS)
        await admin.execute(grants)
        assert not await admin.fetchval(may, LOGINS)
    finally:
        await transaction.rollback()


@pytest.mark.asvs("13.2.2")
@pytest.mark.parametrize("fault", LINT)
async def test_the_catalogue_has_none(admin: asyncpg.Connection, fault: str) -> None:
    assert await admin.fetch(LINT[fault]) == []


@pytest.mark.parametrize("fault", LINT)
async def test_one_that_is_made_is_seen(admin: asyncpg.Connection, fault: str) -> None:
    undone = admin.transaction()
    await undone.start()
    await admin.execute(SABOTAGE[fault])
    assert await admin.fetch(LINT[fault]) != []
    await undone.rollback()


async def test_what_policies_compare_with_who_asks_leads_an_index(
    admin: asyncpg.Connection,
) -> None:
    leading = await admin.fetch(
        """select c.relname as table, a.attname as column from pg_index as i
        join pg_class as c on c.oid = i.indrelid
        join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
        where c.relnamespace = 'public'::regnamespace"""
    )
    indexed = {(row["table"], row["column"]) for row in leading}
    owners = {
        (table.name, column)
        for table in metadata.tables.values()
        for column in table.info.get("owners", ())
    }
    assert owners
    assert owners - indexed == set()


@pytest.mark.asvs("13.2.2")
@pytest.mark.parametrize("role", [*schema.ROLES, *schema.OF_SUPABASE])
async def test_a_role_of_ours_is_no_more_than_a_role(
    urls: Urls, admin: asyncpg.Connection, role: str
) -> None:
    found = await admin.fetchrow(
        """select rolcanlogin as logs_in, rolsuper or rolcreaterole or rolcreatedb
            or rolreplication or rolbypassrls as mighty from pg_roles where rolname = $1""",
        role,
    )
    assert found is not None
    assert (found["logs_in"], found["mighty"]) == (role in LOGINS, False)


async def test_who_is_a_member_of_what(urls: Urls, admin: asyncpg.Connection) -> None:
    rows = await admin.fetch(
        """select pg_get_userbyid(member) as member, pg_get_userbyid(roleid) as role,
            admin_option as hands_on from pg_auth_members
        where pg_get_userbyid(member) like 'skillbridge%'
            or pg_get_userbyid(member) in ('anon', 'authenticated', 'service_role')"""
    )
    assert {(row["member"], row["role"]) for row in rows} == {
        (schema.WORKER, schema.SYSTEM),
        (schema.OWNER, schema.SYSTEM),
        (schema.WORKER, schema.PRE_AUTHENTICATION),
        (schema.AUTH, schema.PRE_AUTHENTICATION),
    }
    assert not any(row["hands_on"] for row in rows)


@pytest.mark.asvs("13.2.2")
@pytest.mark.parametrize("login", LOGINS)
async def test_a_login_makes_nothing_in_the_database(
    urls: Urls, admin: asyncpg.Connection, login: str
) -> None:
    rights = await admin.fetchrow(
        """select has_database_privilege($1, current_database(), 'create') as makes_schemas,
            has_database_privilege($1, current_database(), 'temporary') as makes_temporary,
            has_schema_privilege($1, 'public', 'create') or has_schema_privilege($1, 'app', 'create')
                or has_schema_privilege($1, 'auth', 'create') as makes_tables,
            has_function_privilege($1, 'lo_creat(integer)', 'execute')
                or has_function_privilege($1, 'lo_create(oid)', 'execute')
                or has_function_privilege($1, 'lo_from_bytea(oid, bytea)', 'execute')
                as makes_large_objects""",
        login,
    )
    assert rights is not None
    assert [name for name, granted in rights.items() if granted] == []


@pytest.mark.parametrize("login", ["app", "auth", "worker"])
async def test_a_login_begins_with_a_time_out(urls: Urls, login: str) -> None:
    """A default, for PostgreSQL lets every session set it anew: the next test shows what holds then."""
    connection = await asyncpg.connect(getattr(urls, login))
    limits = ("statement_timeout", "idle_in_transaction_session_timeout")
    assert [await connection.fetchval(f"show {name}") for name in limits] == ["15s", "30s"]
    await connection.close()


async def test_a_statement_that_lifts_its_time_out_is_cancelled_from_outside(
    urls: Urls, admin: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program counts, not the session: no SQL reaches that."""
    monkeypatch.setattr(module, "COMMAND_SECONDS", 0.2)
    database = await Database.connect(urls.app, size=1)
    with pytest.raises(Unavailable):  # noqa: PT012  ended in the middle
        async with database.transaction(NOWHERE) as db:
            pid = await db.driver.fetchval("select pg_backend_pid()")
            await db.driver.execute("set statement_timeout = 0; select pg_sleep(3600)")

    async def stopped() -> bool:
        sleeps = "select count(*) from pg_stat_activity where pid = $1 and query ~ 'pg_sleep.3600'"
        busy = f"{sleeps} and state = 'active'"
        return bool(await admin.fetchval(busy, pid) == 0)

    async with asyncio.timeout(PATIENCE):
        await until(stopped, every=0.05)
    await database.close()
