"""The composition root: the only module that knows every adapter."""

from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

import structlog
from dishka import AsyncContainer, Provider, Scope, make_async_container, provide
from redis.asyncio import Redis
from taskiq import AsyncBroker

from skillbridge.adapters.catalogue.provider import CatalogueProvider
from skillbridge.adapters.crypto.provider import CryptoProvider
from skillbridge.adapters.mail.provider import MailProvider
from skillbridge.adapters.mail.smtp import Server, Tls, greet
from skillbridge.adapters.matcher.client import MatcherClient, PoolUnknown, matcher_url
from skillbridge.adapters.matcher.provider import MatcherProvider, MatcherSettings
from skillbridge.adapters.memory.provider import MemoryProvider, MemorySignals
from skillbridge.adapters.memory.store import Store
from skillbridge.adapters.openai import probe as openai_probe
from skillbridge.adapters.openai.provider import OpenAIProvider
from skillbridge.adapters.openai.settings import OpenAISettings
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.provider import PostgresProvider
from skillbridge.adapters.redis.provider import RedisProvider, redis_version
from skillbridge.adapters.redis.streams import LOOK, WakeBroker
from skillbridge.adapters.reranking.provider import RerankingProvider
from skillbridge.adapters.telemetry import logs
from skillbridge.application import (
    accounts,
    gamification,
    matching,
    notifications,
    progress,
    reactions,
    roadmaps,
)
from skillbridge.application.ports import Clock, CurrentJob, Processes, Reactions
from skillbridge.domain.ids import TenantId
from skillbridge.entrypoints.dependencies import Dependencies, Dependency, workers
from skillbridge.settings import Settings

log = structlog.get_logger()

CONTEXTS = (accounts, roadmaps, progress, matching, gamification, notifications)


class Kernel(Provider):
    """What needs no technology."""

    scope = Scope.APP

    @provide
    def clock(self) -> Clock:
        return _now

    @provide
    def reactions(self) -> Reactions:
        return reactions.names()

    @provide(scope=Scope.REQUEST)
    def current_job(self) -> CurrentJob:
        return CurrentJob()


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


class OwnDependencies(Provider):
    """The same, where everything is in this process."""

    @provide(scope=Scope.APP)
    def dependencies(self, processes: Processes) -> Dependencies:
        return Dependencies([Dependency("worker", lambda: workers(processes), critical=False)])


def use_cases() -> Provider:
    provider = Provider(scope=Scope.REQUEST)
    for context in CONTEXTS:
        provider.provide_all(*context.USE_CASES)
    return provider


def storage(settings: Settings, *, worker: bool) -> Provider:
    """PostgreSQL, as the login of the API or of a worker."""
    url = settings.database_worker_url if worker else settings.database_url
    return PostgresProvider(url, pool_size=settings.database_pool, pooling=settings.database_pooler)


def memory(store: Store | None = None) -> tuple[Provider, Provider]:
    """Storage and signals in this process."""
    return MemoryProvider(store or Store()), MemorySignals()


def outside(settings: Settings) -> tuple[Provider, ...]:
    """Everything outside but storage and signals."""
    return (
        CatalogueProvider(),
        CryptoProvider(settings.secret_keys, public_url=settings.public_url),
        MailProvider(
            settings.mail_dir or settings.home / "mail",
            sender=settings.mail_from,
            server=mail_server(settings),
        ),
        OpenAIProvider(model_settings(settings)),
        MatcherProvider(
            MatcherSettings(
                url=settings.matcher_url or None,
                url_file=settings.matcher_url_file,
                secret=settings.matcher_secret,
            )
        ),
        RerankingProvider(settings.reranker_model),
    )


def model_settings(settings: Settings) -> OpenAISettings:
    return OpenAISettings(
        api_key=settings.openai_api_key,
        base_url=settings.openai_base_url,
        model=settings.openai_model,
    )


def mail_server(settings: Settings) -> Server | None:
    url = settings.smtp_url
    if not url:
        return None
    return Server(
        url.host,
        url.port,
        Tls.AT_ONCE if url.encrypts else Tls(settings.smtp_tls),
        url.parts.user,
        url.parts.password,
        settings.smtp_ca_file,
    )


def make_container(*providers: Provider) -> AsyncContainer:
    """Checks that everything asked for is given before anything starts."""
    return make_async_container(Kernel(), use_cases(), *providers)


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


def in_memory(settings: Settings) -> AsyncContainer:
    """API and worker in one process, with nothing beside it."""
    from skillbridge.entrypoints.http.server.inject import HttpProvider  # noqa: PLC0415  as above

    return make_container(
        *memory(),
        HttpProvider(streams=settings.streams),
        OwnDependencies(),
        *outside(settings),
    )


def worker(settings: Settings) -> AsyncContainer:
    return make_container(
        storage(settings, worker=True), RedisProvider(settings.redis_url), *outside(settings)
    )


async def wake_ups(container: AsyncContainer) -> tuple[AsyncBroker, str]:
    """Where a worker hears of new jobs, and the name of the task that says so."""
    return await container.get(WakeBroker), LOOK


async def require_database(settings: Settings) -> None:
    """Raises Unavailable, in words, before an API starts that could not work."""
    url, pooling = settings.database_url, settings.database_pooler
    await (await Database.connect(url, size=1, pooling=pooling)).close()


async def look_at_mail(settings: Settings) -> str:
    """That the mail server lets us in, without a mail; raises what is wrong."""
    server = mail_server(settings)
    if server is None:
        return f"kept in {settings.mail_dir or settings.home / 'mail'}"
    return await greet(server)


async def look_at_model(settings: Settings) -> str:
    """That the model's server knows our key; raises what is wrong."""
    return await openai_probe.look_at(model_settings(settings))


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


def configure_logs(settings: Settings) -> None:
    """The first lines tell which settings were read differently from how they are written."""
    logs.configure(
        level=settings.log_level,
        pretty=settings.env == "local",
        for_good=settings.on_server,
    )
    for note in settings.notes:
        log.warning("settings.note", note=note)


def _now() -> datetime:
    return datetime.now(UTC)
