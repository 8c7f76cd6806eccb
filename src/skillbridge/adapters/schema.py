"""Making PostgreSQL ready: the logins, then the migrations as the owner of the tables.

Apart from the adapters of the ports, for servers need no Alembic.
"""

from collections.abc import Callable
from typing import Any

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from skillbridge.adapters.migrations import migrations
from skillbridge.adapters.postgres.engine.address import arguments
from skillbridge.adapters.postgres.engine.error_mapping import why_not_in
from skillbridge.adapters.postgres.engine.pooler import Pooling, pooler_between
from skillbridge.adapters.postgres.engine.revision import compare, newest
from skillbridge.domain.errors import Unavailable

OWNER = "skillbridge_owner"
SYSTEM = "skillbridge_system"
PRE_AUTHENTICATION = "skillbridge_pre_authentication"
APP = "skillbridge_app"
AUTH = "skillbridge_auth"
WORKER = "skillbridge_worker"
ROLES = (OWNER, SYSTEM, PRE_AUTHENTICATION, APP, AUTH, WORKER)
OF_SUPABASE = ("anon", "authenticated", "service_role")
"""Named in policies that were written for Supabase, which has them already. Nobody logs in as one."""
PASSWORDS = {
    APP: "SKILLBRIDGE_APP_PASSWORD",
    AUTH: "SKILLBRIDGE_AUTH_PASSWORD",
    WORKER: "SKILLBRIDGE_WORKER_PASSWORD",
}
"""Who logs in, and the variable with the password."""

ONE_AT_A_TIME = 0x5B1D6E
"""The advisory lock under which logins are made and migrations run."""


async def prepare(
    admin_url: str,
    *,
    app_password: str,
    auth_password: str,
    worker_password: str,
    pooling: Pooling = "auto",
) -> None:
    """Makes the logins, or gives them these passwords; needs a login that may create roles.

    Raises Unavailable when the server cannot be reached, does not let this login in, or is behind
    a pooler that may pool by transaction.
    """
    passwords = {APP: app_password, AUTH: auth_password, WORKER: worker_password}
    try:
        connection = await asyncpg.connect(
            **arguments(admin_url), timeout=10, statement_cache_size=0
        )
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise why_not_in(error, "DATABASE_ADMIN_URL names a login that may create roles") from error
    try:
        if pooling != "session" and await pooler_between(connection):
            raise Unavailable(
                "DATABASE_ADMIN_URL leads through a connection pooler, and migrations need a "
                "session of their own: give the address of the server itself, or say "
                "DATABASE_POOLER=session if the pooler pools by session"
            )
        await connection.execute(f"select pg_advisory_lock({ONE_AT_A_TIME})")
        await _require_passwords(connection, passwords)
        for role in (*ROLES, *OF_SUPABASE):
            await _role(connection, role)
        for login, password in passwords.items():
            if password:
                await _password(connection, login, password)
        database = await connection.fetchval("select quote_ident(current_database())")
        await _grant(
            connection,
            f"""
            grant {SYSTEM} to {WORKER}, {OWNER};
            grant {PRE_AUTHENTICATION} to {AUTH}, {WORKER};
            grant {OWNER} to current_user;
            grant create, connect on database {database} to {OWNER};
            grant create, usage on schema public to {OWNER};
            grant connect on database {database} to {", ".join(PASSWORDS)};
            grant usage on schema public to {", ".join(PASSWORDS)};
            revoke temporary on database {database} from public;
            revoke create on schema public from public;
            """,
        )
        await _without_large_objects(connection)
    finally:
        await connection.close()


async def _grant(connection: Any, statements: str) -> None:
    """Raises Unavailable where another administrator made the logins: they are that one's."""
    try:
        await connection.execute(statements)
    except asyncpg.InsufficientPrivilegeError as error:
        raise await _made_by_another(connection, error) from error


async def _without_large_objects(connection: Any) -> None:
    """Nobody needs one, and whoever makes them fills the disk. The functions are a superuser's."""
    if await connection.fetchval("select rolsuper from pg_roles where rolname = current_user"):
        await connection.execute(
            "revoke execute on function lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea)"
            " from public"
        )


async def _made_by_another(connection: Any, error: Exception) -> Unavailable:
    who = await connection.fetchval("select current_user")
    return Unavailable(
        f"the logins of SkillBridge are there, made by another administrator, and {who} may not give "
        f"them rights ({error}). Run this as the one who made them or as a superuser; or let that one "
        f"say: grant {', '.join(ROLES)} to {who} with admin option"
    )


async def _require_passwords(connection: Any, given: dict[str, str]) -> None:
    """A login without a password could not log in: asked for before anything is made."""
    able = await connection.fetch("select rolname from pg_roles where rolcanlogin")
    missing = {name for name, password in given.items() if not password}
    if locked := sorted(missing - {row["rolname"] for row in able}):
        raise Unavailable(
            f"{' and '.join(locked)} could not log in without a password: set "
            f"{' and '.join(PASSWORDS[login] for login in locked)} to new ones, run this again, and "
            "put the same ones into DATABASE_URL, DATABASE_AUTH_URL and DATABASE_WORKER_URL"
        )


async def _role(connection: Any, role: str) -> None:
    try:
        await connection.execute(
            f"create role {role} nosuperuser nobypassrls nocreatedb nocreaterole"
        )
    except (asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):
        return  # made earlier, or just now for another database of this server


async def _password(connection: Any, login: str, password: str) -> None:
    """Sets the password and the limits of what runs on the login.

    The server quotes the text, for no parameter can stand here.
    """
    quoted = await connection.fetchval("select quote_literal($1::text)", password)
    for attempt in (1, 2, 3):
        try:
            await connection.execute(
                f"alter role {login} login password {quoted};"
                f"alter role {login} set statement_timeout = '15s';"
                f"alter role {login} set idle_in_transaction_session_timeout = '30s'"
            )
        except asyncpg.InsufficientPrivilegeError as error:
            raise await _made_by_another(connection, error) from error
        except asyncpg.InternalServerError:  # "tuple concurrently updated": roles are the server's
            if attempt == 3:  # noqa: PLR2004  the last of them
                raise
        else:
            return


async def upgrade(admin_url: str, revision: str = "head") -> None:
    """Raises SchemaDiffers for a database that a newer program has migrated: nothing changes."""
    found = await revision_of(admin_url)
    if found is not None and found > newest():
        compare(found, newest())
    await _as_owner(admin_url, lambda config: command.upgrade(config, revision))


async def downgrade(admin_url: str, revision: str) -> None:
    await _as_owner(admin_url, lambda config: command.downgrade(config, revision))


async def _as_owner(admin_url: str, work: Callable[[Config], None]) -> None:
    def run(connection: Connection) -> None:
        connection.execute(text(f"select pg_advisory_lock({ONE_AT_A_TIME})"))
        connection.execute(text(f"set role {OWNER}"))
        connection.execute(text("set lock_timeout = '5s'"))
        connection.commit()
        config = configuration()
        config.attributes["connection"] = connection
        work(config)

    engine = _engine(admin_url)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(run)
    finally:
        await engine.dispose()


async def revision_of(url: str) -> str | None:
    """The migration that the database stands at; None for an empty one."""
    engine = _engine(url)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(
                lambda sync: MigrationContext.configure(sync).get_current_revision()
            )
    finally:
        await engine.dispose()


def configuration() -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations()))
    config.set_main_option("prepend_sys_path", str(migrations()))
    config.set_main_option("path_separator", "newline")
    return config


def _engine(url: str) -> AsyncEngine:
    """The driver reads the address itself: SQLAlchemy does not know `sslmode` and its like."""

    async def connect() -> Any:
        return await asyncpg.connect(**arguments(url), timeout=10)

    return create_async_engine(
        "postgresql+asyncpg://", async_creator=connect, poolclass=pool.NullPool
    )
