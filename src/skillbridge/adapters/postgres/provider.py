"""Plug PostgreSQL into the ports; which fits which stands beside the adapters."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from dishka import Provider, Scope, provide

from skillbridge.adapters import postgres
from skillbridge.adapters.binding import bind, joined
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.pooler import Pooling
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.kernel.tenants import PostgresTenants
from skillbridge.adapters.postgres.ranking.writes import PostgresImpressionLog
from skillbridge.application.ports.tenants import Tenants
from skillbridge.application.ranking.ports.impressions import ImpressionLog
from skillbridge.domain.actor import PrincipalKind

BINDINGS = joined(postgres)


@dataclass(frozen=True, slots=True)
class Login:
    """An address, and the most connections that one process has there."""

    url: str
    pool_size: int


class PostgresProvider(Provider):
    """One program's view: the API's and the worker's differ."""

    scope = Scope.REQUEST

    def __init__(
        self, login: Login, *, auth: Login | None = None, pooling: Pooling = "auto"
    ) -> None:
        """`auth`: the login that signs people in; without one `login` is a worker's, and the system."""
        super().__init__()
        bind(self, BINDINGS)
        self._login = login
        self._auth = auth
        self._pooling = pooling

    @provide(scope=Scope.APP)
    async def database(self) -> AsyncIterator[Database]:
        database = await self._connect(self._login)
        try:
            if self._auth is None:
                await database.require_tables()
                await database.require_believed(PrincipalKind.SYSTEM)
            else:
                database = replace(database, auth=await self._connect(self._auth))
            yield database
        finally:
            await database.close()

    async def _connect(self, login: Login) -> Database:
        return await Database.connect(login.url, size=login.pool_size, pooling=self._pooling)

    @provide
    def session(self) -> Session:
        return Session()

    @provide(scope=Scope.APP)
    def tenants(self, database: Database) -> Tenants:
        return PostgresTenants(database)

    @provide(scope=Scope.APP)
    async def impression_log(self, database: Database) -> AsyncIterator[ImpressionLog]:
        impressions = PostgresImpressionLog(database)
        yield impressions
        await impressions.settle()
