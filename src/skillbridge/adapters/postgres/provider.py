"""Plug PostgreSQL into the ports; which fits which stands beside the adapters."""

from collections.abc import AsyncIterator

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

BINDINGS = joined(postgres)


class PostgresProvider(Provider):
    """One login's view: the API's and the worker's differ."""

    scope = Scope.REQUEST

    def __init__(
        self, url: str, *, pool_size: int, pooling: Pooling = "auto", system: bool = False
    ) -> None:
        """`system`: whose login must be believed when it says that it is the system."""
        super().__init__()
        bind(self, BINDINGS)
        self._url = url
        self._pool_size = pool_size
        self._pooling = pooling
        self._system = system

    @provide(scope=Scope.APP)
    async def database(self) -> AsyncIterator[Database]:
        database = await Database.connect(self._url, size=self._pool_size, pooling=self._pooling)
        try:
            if self._system:
                await database.require_tables()
                await database.require_system()
            yield database
        finally:
            await database.close()

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
