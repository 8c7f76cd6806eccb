"""Making the database ready: the logins, then the migrations as the owner of the tables."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

import skillbridge
from skillbridge.adapters.postgres.address import arguments
from skillbridge.adapters.postgres.faults import why_not_in
from skillbridge.adapters.postgres.pooler import Pooling, pooler_between
from skillbridge.domain.errors import Unavailable

OWNER = "skillbridge_owner"
SYSTEM = "skillbridge_system"
APP = "skillbridge_app"
WORKER = "skillbridge_worker"

ONE_AT_A_TIME = 0x5B1D6E
"""The advisory lock under which logins are made and migrations run."""


async def prepare(
    admin_url: str, *, app_password: str, worker_password: str, pooling: Pooling = "auto"
) -> None:
    """Makes the logins, or gives them these passwords; needs a login that may create roles.

    Raises Unavailable when the server cannot be reached, does not let this login in, or is behind
    a pooler that may pool by transaction.
    """
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
        for role in (OWNER, SYSTEM, APP, WORKER):
            await _role(connection, role)
        for login, password in ((APP, app_password), (WORKER, worker_password)):
            if password:
                await _password(connection, login, password)
        database = await connection.fetchval("select quote_ident(current_database())")
        await connection.execute(
            f"""
            grant {SYSTEM} to {WORKER}, {OWNER};
            grant {OWNER} to current_user;
            grant create, connect on database {database} to {OWNER};
            grant create, usage on schema public to {OWNER};
            grant connect on database {database} to {APP}, {WORKER};
            grant usage on schema public to {APP}, {WORKER};
            """
        )
    finally:
        await connection.close()


async def _role(connection: Any, role: str) -> None:
    try:
        await connection.execute(
            f"create role {role} nosuperuser nobypassrls nocreatedb nocreaterole"
        )
    except (asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):
        return  # made earlier, or just now for another database of this server


async def _password(connection: Any, login: str, password: str) -> None:
    """Sets the password; the text is quoted by the server, for no parameter can stand here."""
    quoted = await connection.fetchval("select quote_literal($1::text)", password)
    for attempt in (1, 2, 3):
        try:
            await connection.execute(
                f"alter role {login} login password {quoted};"
                f"alter role {login} set statement_timeout = '15s';"
                f"alter role {login} set idle_in_transaction_session_timeout = '30s'"
            )
        except asyncpg.InternalServerError:  # "tuple concurrently updated": roles are the server's
            if attempt == 3:  # noqa: PLR2004  the last of them
                raise
        else:
            return


async def upgrade(admin_url: str, revision: str = "head") -> None:
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


def newest() -> str | None:
    """The migration that this program was written for."""
    return ScriptDirectory.from_config(configuration()).get_current_head()


def configuration() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_migrations()))
    return config


def _migrations() -> Path:
    package = Path(skillbridge.__file__).parent
    installed = package / "migrations"
    return installed if installed.is_dir() else package.parents[1] / "migrations"


def _engine(url: str) -> AsyncEngine:
    """The driver reads the address itself: SQLAlchemy does not know `sslmode` and its like."""

    async def connect() -> Any:
        return await asyncpg.connect(**arguments(url), timeout=10)

    return create_async_engine(
        "postgresql+asyncpg://", async_creator=connect, poolclass=pool.NullPool
    )
