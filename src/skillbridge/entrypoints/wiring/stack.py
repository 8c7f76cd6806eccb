"""The real thing: PostgreSQL and Redis, and what an operator asks about them and the rest."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from uuid import UUID

from dishka import AsyncContainer, Provider, Scope, provide
from redis.asyncio import Redis
from taskiq import AsyncBroker

from skillbridge.adapters.mail.smtp import greet
from skillbridge.adapters.matcher.client import MatcherClient, PoolUnknown, matcher_url
from skillbridge.adapters.oauth import probe as oauth_probe
from skillbridge.adapters.openai import probe as openai_probe
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.provider import Login, PostgresProvider
from skillbridge.adapters.redis.provider import RedisProvider, redis_version
from skillbridge.adapters.redis.streams import LOOK, WakeBroker
from skillbridge.application.ports.processes import Processes
from skillbridge.domain.actor import PrincipalKind
from skillbridge.domain.ids import TenantId
from skillbridge.entrypoints.dependencies import Dependencies, Dependency, workers
from skillbridge.entrypoints.wiring.container import (
    mail_server,
    make_container,
    model_settings,
    oauth_settings,
    outside,
)
from skillbridge.entrypoints.worker.settle import JobProvider
from skillbridge.settings import Settings


class StackDependencies(Provider):
    """What the real thing stands on, for /health."""

    @provide(scope=Scope.APP)
    def dependencies(
        self, database: Database, redis: Redis, matcher: MatcherClient, processes: Processes
    ) -> Dependencies:
        return Dependencies(
            [
                Dependency("database", database.version, critical=True),
                Dependency("redis", lambda: redis_version(redis), critical=False),
                Dependency("matcher", lambda: matcher_answers(matcher), critical=False),
                Dependency("worker", lambda: workers(processes), critical=False),
            ]
        )


def storage(settings: Settings, *, worker: bool) -> Provider:
    """PostgreSQL, as the logins of the API or that of a worker."""
    url = settings.database_worker_url if worker else settings.database_url
    auth = None if worker else Login(settings.database_auth_url, settings.database_auth_pool)
    return PostgresProvider(
        Login(url, settings.database_pool), auth=auth, pooling=settings.database_pooler
    )


def api(settings: Settings) -> AsyncContainer:
    from skillbridge.entrypoints.http.server.inject import (  # noqa: PLC0415  workers need no Litestar
        HttpProvider,
    )

    return make_container(
        storage(settings, worker=False),
        RedisProvider(settings.redis_url),
        HttpProvider(streams=settings.streams),
        StackDependencies(),
        *outside(settings),
    )


def worker(settings: Settings) -> AsyncContainer:
    return make_container(
        storage(settings, worker=True),
        RedisProvider(settings.redis_url),
        JobProvider(),
        *outside(settings),
    )


async def wake_ups(container: AsyncContainer) -> tuple[AsyncBroker, str]:
    """Where a worker hears of new jobs, and the name of the task that says so."""
    return await container.get(WakeBroker), LOOK


async def require_database(settings: Settings) -> None:
    """Raises Unavailable, in words, before an API starts that could not work."""
    pooling = settings.database_pooler
    database = await Database.connect(settings.database_url, size=1, pooling=pooling)
    try:
        await database.require_tables()
    finally:
        await database.close()
    auth = await Database.connect(settings.database_auth_url, size=1, pooling=pooling)
    try:
        await auth.require_believed(PrincipalKind.PRE_AUTHENTICATION)
    finally:
        await auth.close()


async def look_at_mail(settings: Settings) -> str:
    """That the mail server lets us in, without a mail; raises what is wrong."""
    server = mail_server(settings)
    if server is None:
        return f"kept in {settings.mail_dir or settings.home / 'mail'}"
    return await greet(server)


async def look_at_model(settings: Settings) -> str:
    """That the model's server knows our key; raises what is wrong."""
    return await openai_probe.look_at(model_settings(settings))


def looks_at_providers(settings: Settings) -> Mapping[str, Callable[[], Awaitable[str]]]:
    """By name, each who signs people in; to be asked as the others here."""
    return oauth_probe.looks(oauth_settings(settings))


async def look_at_redis(url: str) -> str:
    """The server's version; raises what is wrong."""
    async with Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2) as redis:
        return await redis_version(redis)


async def look_at_matcher(settings: Settings) -> str:
    """Where it is and that it answers; raises what is wrong."""
    where = matcher_url(settings.matcher_url, settings.matcher_url_file)
    client = MatcherClient(where, secret=settings.matcher_secret, timeout=2)
    try:
        return await matcher_answers(client)
    finally:
        await client.aclose()


async def matcher_answers(client: MatcherClient) -> str:
    """It need not know a tenant's mentors for that; raises MatcherAway."""
    with suppress(PoolUnknown):
        await client.held(TenantId(UUID(int=0)))
    return "answers"
