"""A login that is made to run anybody's SQL: what it can turn itself into, and what that shows.

The table of the record (docs/decisions) is this one. A cell says what becomes of the attempt: it is
`refused`, or what it shows or changes, of which `nothing` is the most frequent.
"""

from pathlib import Path

import asyncpg
import pytest
from tests.conftest import Urls
from tests.integration.walls.test_sql import acting, settings
from tests.integration.walls.town import Town

pytestmark = pytest.mark.row("B2")

RECORD = Path("docs/decisions/0026-a-login-for-signing-in.md")
REFUSED, NOTHING, DONE = "refused", "nothing", "can"

SAYS_IT_IS = {
    "the pre-authentication principal": "door",
    "that of another tenant": "other door",
    "the system": "system",
    "the system of another tenant": "system abroad",
    "nobody": "nobody",
}
PRIVATE = ("users", "sign_ins", "refresh_tokens", "registrations", "roadmaps", "notices", "events")
SEEN: dict[str, tuple[str, str]] = {
    #                                     skillbridge_app   skillbridge_auth
    "the pre-authentication principal": (NOTHING, NOTHING),
    "that of another tenant": (NOTHING, NOTHING),
    "the system": (NOTHING, NOTHING),
    "the system of another tenant": (NOTHING, NOTHING),
    "nobody": (NOTHING, NOTHING),
}
"""Which private tables show a row of Amina's tenant to a login that says so by `set_config`."""

BECOMES = {
    "set role skillbridge_owner": (REFUSED, REFUSED),
    "set role skillbridge_system": (REFUSED, REFUSED),
    "set role skillbridge_worker": (REFUSED, REFUSED),
    "set role skillbridge_pre_authentication": (REFUSED, DONE),
    "set role skillbridge_auth": (REFUSED, DONE),
    "set session authorization skillbridge_worker": (REFUSED, REFUSED),
    "grant skillbridge_system to current_user": (REFUSED, REFUSED),
    "grant skillbridge_pre_authentication to skillbridge_app": (REFUSED, REFUSED),
    "alter role skillbridge_app superuser": (REFUSED, REFUSED),
    "alter role skillbridge_worker password 'x'": (REFUSED, REFUSED),
    "set session_replication_role = replica": (REFUSED, REFUSED),
    "set row_security = off; select from matches": (REFUSED, REFUSED),
}
"""Another login. The group of the pre-authentication principal holds no right of its own."""

MAKES = {
    "create schema trap": (REFUSED, REFUSED),
    "create function public.now() returns int return 1": (REFUSED, REFUSED),
    "create or replace function app.is_system() returns boolean return true": (REFUSED, REFUSED),
    "create temporary table users (id int)": (REFUSED, REFUSED),
    "create function pg_temp.f() returns int return 1": (REFUSED, REFUSED),
    "create view all_users as select 1": (REFUSED, REFUSED),
    "create extension dblink": (REFUSED, REFUSED),
    "create extension postgres_fdw": (REFUSED, REFUSED),
    "select lo_creat(-1)": (REFUSED, REFUSED),
    "select lo_create(7)": (REFUSED, REFUSED),
    "select lo_from_bytea(0, 'x')": (REFUSED, REFUSED),
    "select lo_import('/etc/passwd')": (REFUSED, REFUSED),
}
"""What others would then call or read, or what fills a disk."""

REACHES = {
    "copy (select 1) to program 'true'": (REFUSED, REFUSED),
    "copy notices from '/etc/passwd'": (REFUSED, REFUSED),
    "copy (select 1) to '/tmp/x'": (REFUSED, REFUSED),
    "select pg_read_file('/etc/passwd')": (REFUSED, REFUSED),
    "select from pg_authid": (REFUSED, REFUSED),
    "select pg_reload_conf()": (REFUSED, REFUSED),
    "load 'auto_explain'": (REFUSED, REFUSED),
    "select from pg_stats where schemaname = 'public' and tablename <> 'alembic_version'": (
        NOTHING,
        NOTHING,
    ),
    "select from pg_largeobject": (REFUSED, REFUSED),
    """select from pg_stat_activity
    where usename <> current_user and query !~ 'insufficient privilege'""": (NOTHING, NOTHING),
    """select pg_terminate_backend(pid) from pg_stat_activity
    where usename = 'skillbridge_worker'""": (REFUSED, REFUSED),
}
"""The server, its files, what it knows of the data, and the sessions of other logins."""

READS = {
    "select password_hash from users": (REFUSED, REFUSED),
    "select users from users": (REFUSED, REFUSED),
    "copy users to stdout": (REFUSED, REFUSED),
    "select from refresh_tokens": (REFUSED, REFUSED),
    "select from registrations": (REFUSED, REFUSED),
    "select from api_tokens": (REFUSED, REFUSED),
    "select from app.account({neighbour})": (REFUSED, DONE),
    "select from app.account(null)": (REFUSED, NOTHING),
    "select from app.account_of('%')": (REFUSED, NOTHING),
    "select from app.links(null)": (REFUSED, NOTHING),
    "select from app.passkey_of(null)": (REFUSED, NOTHING),
    "select from app.identity('%', '%')": (REFUSED, NOTHING),
    "select from app.registrations_of('%', now(), 9)": (REFUSED, NOTHING),
    "select from events": (REFUSED, REFUSED),
    "select from jobs": (REFUSED, REFUSED),
}
"""Passwords and tokens, as the pre-authentication principal."""

WRITES = {
    "update users set roles = '{{admin}}'": (REFUSED, REFUSED),
    "update users set email_verified_at = now()": (REFUSED, REFUSED),
    "update users set password_hash = 'x'": (REFUSED, REFUSED),
    "update users set version = 9": (REFUSED, REFUSED),
    """select from app.add_account({neighbour}, 'a@example.org', 'x', now(), '{{admin}}')""": (
        REFUSED,
        REFUSED,
    ),
    """select from app.add_account({neighbour}, 'a@example.org', 'x', now(), '{{learner}}')""": (
        REFUSED,
        NOTHING,
    ),
    "select app.add_sign_in({neighbour}, {neighbour}, '', now(), now(), now(), null, '')": (
        REFUSED,
        DONE,
    ),
    """select app.add_api_token(gen_random_uuid(), null, 'x', sha256('x'), '{{match:read}}',
    now(), now())""": (REFUSED, REFUSED),
    """insert into sign_ins (id, tenant_id, user_id, expires_at)
    values (gen_random_uuid(), {tenant}, {neighbour}, now())""": (REFUSED, REFUSED),
    """insert into refresh_tokens (hash, tenant_id, sign_in_id)
    values (sha256('x'), {tenant}, gen_random_uuid())""": (REFUSED, REFUSED),
    "update sign_ins set expires_at = now() + '9 years'": (REFUSED, REFUSED),
    "update sign_ins set user_id = {neighbour}": (REFUSED, REFUSED),
    "update mentors set active_matches = 0": (REFUSED, REFUSED),
    "update mentors set rating_sum = 500, rating_count = 100": (REFUSED, REFUSED),
    "update mentors set created_at = now()": (REFUSED, REFUSED),
    "update matches set status = 'active'": (REFUSED, REFUSED),
    "update matches set status = 'expired'": (REFUSED, REFUSED),
    "update matches set mentor_id = {neighbour}": (REFUSED, REFUSED),
    "update profiles set version = 9": (REFUSED, REFUSED),
    "update roadmaps set status = 'ready'": (REFUSED, REFUSED),
    """insert into events (id, tenant_id, name, payload, at)
    values (gen_random_uuid(), {tenant}, 'X', '{{}}', now())""": (REFUSED, REFUSED),
    """insert into events (id, tenant_id, name, payload, actor_id, at)
    values (gen_random_uuid(), {tenant}, 'X', '{{}}', {neighbour}, now())""": (REFUSED, REFUSED),
    """insert into jobs (id, tenant_id, kind, slot)
    values (gen_random_uuid(), {tenant}, 'X', 'now')""": (REFUSED, REFUSED),
}
"""As Amina, a learner: what follows from rules, and what is in nobody's name or another's."""

REMAINS = {
    "select from users": ("her own", REFUSED),
    "set statement_timeout = 0": (DONE, DONE),
    "select pg_advisory_xact_lock(1)": (DONE, DONE),
    "notify anybody": (DONE, DONE),
}
"""As Amina. Whoever runs SQL as the API's login may say that they are any person, and then this."""

TABLES = {**BECOMES, **MAKES, **REACHES, **READS, **WRITES, **REMAINS}


async def outcome(town: Town, url: str, actor: str, sql: str) -> str:
    names = {"tenant": town.world.tenant_id, "neighbour": town.neighbour.user_id}
    quoted = sql.format(**{name: f"'{value}'" for name, value in names.items()})
    connection = await asyncpg.connect(url)
    try:
        async with acting(connection, settings(town, actor)):
            done = await connection.execute(quoted)
    except (
        asyncpg.InsufficientPrivilegeError,
        asyncpg.FeatureNotSupportedError,
        asyncpg.CheckViolationError,
    ):
        return REFUSED
    finally:
        await connection.close()
    return NOTHING if done.endswith(" 0") else DONE


def attempts(*tables: dict[str, tuple[str, str]]) -> list[object]:
    return [
        pytest.param(login, sql, cells[place], id=f"{login}: {sql[:60]}")
        for table in tables
        for sql, cells in table.items()
        for place, login in enumerate(("app", "auth"))
    ]


@pytest.mark.asvs("8.4.1", "13.2.2")
@pytest.mark.parametrize(("login", "who"), [(a, b) for a in ("app", "auth") for b in SEEN])
async def test_a_login_that_says_it_is_another_principal_sees(
    town: Town, urls: Urls, login: str, who: str
) -> None:
    seen = []
    connection = await asyncpg.connect(getattr(urls, login))
    for table in PRIVATE:
        async with acting(connection, settings(town, SAYS_IT_IS[who])):
            try:
                rows = await connection.fetch(
                    f"select 1 from {table} where tenant_id = $1", town.world.tenant_id
                )
            except asyncpg.InsufficientPrivilegeError:
                continue
            seen += [table] if rows else []
    await connection.close()
    assert " ".join(seen or [NOTHING]) == SEEN[who][("app", "auth").index(login)]


@pytest.mark.asvs("8.2.3")
@pytest.mark.parametrize(("login", "sql", "expected"), attempts(BECOMES, MAKES, REACHES, READS))
async def test_a_login_that_says_it_knows_nobody_yet_gets(
    town: Town, urls: Urls, login: str, sql: str, expected: str
) -> None:
    assert await outcome(town, getattr(urls, login), "door", sql) == expected


@pytest.mark.parametrize(("login", "sql", "expected"), attempts(WRITES, REMAINS))
async def test_a_login_that_says_it_is_a_person_gets(
    town: Town, urls: Urls, login: str, sql: str, expected: str
) -> None:
    found = await outcome(town, getattr(urls, login), "owner", sql)
    assert found == {"her own": DONE}.get(expected, expected)


async def test_what_has_ended_does_not_begin_again(town: Town, urls: Urls) -> None:
    """Each login may end a sign-in, and neither takes that back."""
    hers = await town.admin.fetchval(
        "select id from sign_ins where user_id = $1 and revoked_at is null", town.amina.user_id
    )
    ways = {
        urls.app: "update sign_ins set revoked_at = {} where id = '{}'",
        urls.auth: "select app.move_sign_in('{1}', {0}, now(), now(), '')",
    }
    for url, way in ways.items():
        connection = await asyncpg.connect(url)
        async with acting(connection, settings(town, "owner")):
            await connection.execute(way.format("now()", hers))
            with pytest.raises(asyncpg.CheckViolationError, match="an ended sign-in cannot go"):
                await connection.execute(way.format("null", hers))
        await connection.close()


@pytest.mark.parametrize("over", ["declined", "withdrawn", "expired", "completed", "cancelled"])
async def test_a_match_that_is_over_shows_neither_side_the_others_profile(
    town: Town, urls: Urls, over: str
) -> None:
    admin, connection = town.admin, await asyncpg.connect(urls.app)
    other = await town.world.learner()
    await admin.execute(
        """insert into mentors (user_id, tenant_id, headline, capacity, accepting)
        values ($1, $2, 'x', 5, false)""",
        other.user_id,
        other.tenant_id,
    )
    made = """insert into matches
        (id, tenant_id, learner_id, mentor_id, status, requested_at, expires_at)
        values (gen_random_uuid(), $1, $2, $3, $4, now(), now())"""
    look = "select count(*) from profiles where user_id = $1"
    pair = (town.seeker, other)
    for status, seen in ((over, 0), ("requested", 1)):
        await admin.execute(made, other.tenant_id, *(one.user_id for one in pair), status)
        for who, whom in (pair, pair[::-1]):
            said = {"app.tenant_id": str(who.tenant_id), "app.user_id": str(who.user_id)}
            async with acting(connection, said):
                assert await connection.fetchval(look, whom.user_id) == seen, (status, who)
    await connection.close()


def test_the_record_tells_each_attempt() -> None:
    told = RECORD.read_text()
    rows = {
        f"| `{' '.join(sql.split()).replace('{{', '{').replace('}}', '}')}` | {app} | {auth} |"
        for sql, (app, auth) in TABLES.items()
    } | {f"| says it is {who} | {app} | {auth} |" for who, (app, auth) in SEEN.items()}
    assert {row for row in rows if row not in told} == set()
