"""The pool, and a transaction that knows its actor from its first round trip.

Shape: one `BEGIN` with the actor's settings, the statements, one `COMMIT`. The settings are
local to the transaction, so a connection goes back to the pool knowing nobody.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import msgspec

from skillbridge.adapters.postgres.engine.address import arguments
from skillbridge.adapters.postgres.engine.clauses import who_asks
from skillbridge.adapters.postgres.engine.connection_cache import ConnectionCache
from skillbridge.adapters.postgres.engine.error_mapping import BUSY, translate, why_not_in
from skillbridge.adapters.postgres.engine.pooler import Pooling, pooler_between
from skillbridge.adapters.postgres.engine.revision import compare, newest
from skillbridge.adapters.postgres.engine.statements import Pages, Query, Read, Save
from skillbridge.application.paging import Page, PageRequest
from skillbridge.domain.actor import NOBODY, Actor, PrincipalKind
from skillbridge.domain.errors import StaleWrite, Unavailable
from skillbridge.domain.ids import TenantId

T = TypeVar("T")
K = TypeVar("K")

NOWHERE = Actor.person(NOBODY, TenantId(UUID(int=0)), frozenset())
"""Sees no tenant's rows: for what has no tenant yet."""

BELIEVED = {
    PrincipalKind.SYSTEM: (
        "skillbridge_system",
        "this login cannot do a worker's work: use skillbridge_worker",
    ),
    PrincipalKind.PRE_AUTHENTICATION: (
        "skillbridge_pre_authentication",
        "this login can sign nobody in: use skillbridge_auth",
    ),
}
"""The group whose members may say that they are this principal, and what is said to any other login."""

IS_MIGRATED = "select to_regclass('alembic_version') is not null"
ACQUIRE_SECONDS = 2.0
COMMAND_SECONDS = 10.0
CONNECT_SECONDS = 5.0
STATEMENTS = 100
"""The driver's own measure: so many prepared statements a connection keeps."""


class UnsafeLogin(Unavailable):
    """The configured login would make the policies of the tables worth nothing: nothing starts."""


class Connection:
    """A connection inside a transaction; values go in by name, or from the attributes of a row.

    Who asks is given to each statement that names it.
    """

    __slots__ = ("actor", "driver", "last", "who")

    def __init__(self, driver: Any, actor: Actor = NOWHERE) -> None:
        self.driver = driver
        self.actor = actor
        self.who = who_asks(actor)
        self.last = ""
        """SQL that goes to the server with the COMMIT; what it raises is raised in its place."""

    async def row(self, query: Query, **values: Any) -> asyncpg.Record | None:
        row: asyncpg.Record | None = await self.driver.fetchrow(
            query.sql, *self._arguments(query, values)
        )
        return row

    async def rows(self, query: Query, **values: Any) -> list[asyncpg.Record]:
        rows: list[asyncpg.Record] = await self.driver.fetch(
            query.sql, *self._arguments(query, values)
        )
        return rows

    async def value(self, query: Query, **values: Any) -> Any:
        return await self.driver.fetchval(query.sql, *self._arguments(query, values))

    async def run(self, query: Query, row: object = None, /, **values: Any) -> int:
        """Returns the number of rows that changed."""
        status: str = await self.driver.execute(query.sql, *self._arguments(query, values, row))
        return int(status.rpartition(" ")[2])

    async def save(self, query: Save, row: object, /, **values: Any) -> None:
        """Raises StaleWrite when somebody changed the row since it was read."""
        if not await self.run(query, row, **values):
            raise StaleWrite(query.stale)

    async def run_many(self, query: Query, many: list[dict[str, Any]]) -> None:
        arguments = [self._arguments(query, values) for values in many]
        await self.driver.executemany(query.sql, arguments)

    def _arguments(self, query: Query, values: dict[str, Any], row: object = None) -> list[Any]:
        return query.arguments({**self.who, **values}, row)


@dataclass(frozen=True, slots=True)
class Database:
    """One login's connections, and those of the login that signs people in."""

    pool: Any
    connections: ConnectionCache
    shared: bool = False
    """Behind a pooler by transaction: what one transaction leaves, the next does not find."""
    auth: "Database | None" = None
    """The login that acts for whoever is not known yet; without one this login does."""

    @classmethod
    async def connect(
        cls, dsn: str, *, size: int, minimum: int = 1, pooling: Pooling = "auto"
    ) -> "Database":
        """Raises Unavailable when the server cannot be reached or refuses, or no address is given.

        Behind a pooler that shares connections by transaction, statements have no names, for the
        next one to come by may have the same; that costs a round trip each.
        """
        if not dsn:  # the driver would take whatever listens on the usual port
            raise Unavailable(
                "no address of a database is set: start `skillbridge up` here, or set "
                "DATABASE_URL, DATABASE_AUTH_URL and DATABASE_WORKER_URL"
            )
        try:
            shared = await _look_first(dsn, pooling)
            pool = await asyncpg.create_pool(
                **arguments(dsn),
                min_size=minimum,
                max_size=size,
                command_timeout=COMMAND_SECONDS,
                timeout=CONNECT_SECONDS,
                statement_cache_size=0 if shared else STATEMENTS,
                init=_prepare,
                reset=_reset,
            )
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise why_not_in(error) from error
        return cls(pool, ConnectionCache(pool), shared)

    async def require_tables(self) -> None:
        """Raises SchemaDiffers for a database that nobody has migrated."""
        async with self.transaction(NOWHERE, read_only=True) as db:
            if not await db.driver.fetchval(IS_MIGRATED):
                compare(None, newest())

    async def require_believed(self, kind: PrincipalKind) -> None:
        """Raises UnsafeLogin for a login that is not believed when it says that it is this one."""
        group, otherwise = BELIEVED[kind]
        async with self.transaction(NOWHERE, read_only=True) as db:
            believed = await db.driver.fetchval(
                f"select pg_has_role(current_user, to_regrole('{group}')::oid, 'member')"
            )
        if not believed:
            raise UnsafeLogin(otherwise)

    async def version(self) -> str:
        """The server's version and the schema's; raises Unavailable, SchemaDiffers among them."""
        async with self.transaction(NOWHERE, read_only=True) as db:
            server = await db.driver.fetchval("select current_setting('server_version')")
            found = None
            if await db.driver.fetchval(IS_MIGRATED):
                found = await db.driver.fetchval("select version_num from alembic_version")
        compare(found, newest())
        way = ", through a pooler by transaction" if self.shared else ""
        return f"PostgreSQL {server}, schema {found}{way}"

    async def close(self) -> None:
        if self.auth is not None:
            await self.auth.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(5):
                await self.connections.close()
                await self.pool.close()
        self.pool.terminate()

    def transaction(
        self, actor: Actor, *, read_only: bool = False, repeatable: bool = False
    ) -> AbstractAsyncContextManager[Connection]:
        """Commits at the end, rolls back on any exception, which leaves in the domain's words.

        In a `repeatable` one all statements see the same moment, and writing what somebody changed
        since raises Unavailable.
        """
        if (login := self._of(actor)) is not self:
            return login.transaction(actor, read_only=read_only, repeatable=repeatable)
        return self._transaction(actor, read_only=read_only, repeatable=repeatable)

    def _of(self, actor: Actor) -> "Database":
        """Whose login acts for them: the only place that chooses."""
        if self.auth is not None and actor.principal_kind is PrincipalKind.PRE_AUTHENTICATION:
            return self.auth
        return self

    @asynccontextmanager
    async def _transaction(
        self, actor: Actor, *, read_only: bool, repeatable: bool
    ) -> AsyncIterator[Connection]:
        driver = await self._acquire()
        try:
            await driver.execute(_begin(actor, read_only=read_only, repeatable=repeatable))
            connection = Connection(driver, actor)
            yield connection
            await _commit(driver, connection.last)
        except BaseException as error:
            await asyncio.shield(self._give_up(driver))
            if meaning := translate(error):
                raise meaning from error
            raise
        self.connections.keep(driver)

    async def read(self, actor: Actor, question: Read, **values: Any) -> list[asyncpg.Record]:
        """Without a pooler it takes one round trip where a transaction takes three."""
        if (login := self._of(actor)) is not self:
            return await login.read(actor, question, **values)
        # A read that is given up between its parsing and its run leaves a pooler waiting for the
        # rest, with a connection of the server in hand; the end of a transaction frees that.
        if self.shared:
            async with self.transaction(actor, read_only=True) as db:
                return await db.rows(question, **values)
        arguments = question.arguments({**who_asks(actor), **values})
        return await self._fetch(question.alone, *arguments, *_said(actor))

    async def call(self, function: Query, **values: Any) -> list[asyncpg.Record]:
        """Calls a function that says by itself who acts: a transaction of one round trip."""
        if self.shared:  # for the reason that `read` has
            async with self.transaction(NOWHERE) as db:
                return await db.rows(function, **values)
        return await self._fetch(function.sql, *function.arguments({**who_asks(NOWHERE), **values}))

    async def read_one(self, actor: Actor, question: Read, **values: Any) -> asyncpg.Record | None:
        rows = await self.read(actor, question, **values)
        return rows[0] if rows else None

    async def page(
        self,
        actor: Actor,
        pages: Pages[K],
        shown: Callable[[Sequence[asyncpg.Record]], Sequence[T]],
        page: PageRequest[K],
        **values: Any,
    ) -> Page[T, K]:
        question, place = pages.asked(page)
        return pages.page(await self.read(actor, question, **place, **values), page.limit, shown)

    async def _fetch(self, sql: str, *arguments: Any) -> list[asyncpg.Record]:
        """One round trip; its connection is let go if that fails, which is said in the domain's words."""
        driver = await self._acquire()
        try:
            rows: list[asyncpg.Record] = await driver.fetch(sql, *arguments)
        except BaseException as error:
            await self.connections.let_go(driver)
            if meaning := translate(error):
                raise meaning from error
            raise
        self.connections.keep(driver)
        return rows

    async def _give_up(self, driver: Any) -> None:
        """In a task of its own: who leaves a stream is cancelled again at each step of tidying up."""
        try:
            await _roll_back(driver)
        finally:
            await self.connections.let_go(driver)

    async def _acquire(self) -> Any:
        try:
            return await self.connections.take(ACQUIRE_SECONDS)
        except (TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise Unavailable(BUSY, retry_after=2) from error


@asynccontextmanager
async def savepoint(connection: Connection) -> AsyncIterator[None]:
    """A part of a transaction that can fail by itself, in the domain's words."""
    await connection.driver.execute("SAVEPOINT part")
    try:
        yield
    except Exception as error:  # who is cancelled gives the whole up
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await connection.driver.execute("ROLLBACK TO SAVEPOINT part")
        if meaning := translate(error):
            raise meaning from error
        raise


def _begin(actor: Actor, *, read_only: bool, repeatable: bool) -> str:
    """One round trip; only UUIDs and the words of an enum are put into the text."""
    mode = " ISOLATION LEVEL REPEATABLE READ" if repeatable else ""
    mode += " READ ONLY" if read_only else ""
    user, tenant, kind = _said(actor)
    return (
        f"BEGIN{mode};"
        f"SELECT set_config('app.user_id','{user}',true),"
        f"set_config('app.tenant_id','{tenant}',true),"
        f"set_config('app.standing','{kind}',true)"
    )


def _said(actor: Actor) -> tuple[str, str, str]:
    """Who acts, as the policies read it: user, tenant, and the kind of principal.

    A service names its tenant in its kind alone: a policy that knows no services shows it nothing.
    """
    user, tenant, kind = actor.user_id.hex, actor.tenant_id.hex, actor.principal_kind.value
    if actor.principal_kind is PrincipalKind.SERVICE:
        return user, "", f"{kind}:{tenant}"
    return user, tenant, kind


async def _commit(driver: Any, last: str) -> None:
    """After a failed statement that somebody caught, the server answers COMMIT with ROLLBACK."""
    if await driver.execute(f"{last};COMMIT" if last else "COMMIT") != "COMMIT":
        raise RuntimeError("a statement failed and was passed over: nothing of this is stored")


async def _roll_back(driver: Any) -> None:
    """A connection that the server has ended is gone already, and its transaction with it.

    In any case: of a BEGIN that was cancelled nobody here knows yet whether it has begun.
    """
    with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        await driver.execute("ROLLBACK")


async def _look_first(dsn: str, pooling: Pooling) -> bool:
    """Whether a pooler shares connections by transaction; raises UnsafeLogin.

    The latter for a login that row level security does not bind.
    """
    driver = await asyncpg.connect(
        **arguments(dsn),
        timeout=CONNECT_SECONDS,
        command_timeout=COMMAND_SECONDS,
        statement_cache_size=0,
    )
    try:
        async with driver.transaction():
            free = await driver.fetchval(
                "select rolsuper or rolbypassrls from pg_roles where rolname = current_user"
            )
        if free:
            raise UnsafeLogin(
                "this database login sees past row level security: use skillbridge_app for the "
                "API, skillbridge_auth for signing in and skillbridge_worker for workers; "
                "`skillbridge migrate` makes them"
            )
        return pooling == "transaction" or (pooling == "auto" and await pooler_between(driver))
    finally:
        await driver.close(timeout=CONNECT_SECONDS)


async def _prepare(driver: Any) -> None:
    async with driver.transaction():  # for what the driver asks the server about the type
        await driver.set_type_codec(
            "jsonb",
            schema="pg_catalog",
            encoder=_to_json,
            decoder=msgspec.json.decode,
            format="text",
        )


def _to_json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


async def _reset(driver: Any) -> None:
    """In place of RESET ALL, a round trip that nothing here needs."""
    if driver.is_in_transaction():
        await driver.execute("ROLLBACK")
