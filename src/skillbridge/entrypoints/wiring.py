"""The composition root: the only module that knows every adapter."""

from datetime import UTC, datetime

from dishka import AsyncContainer, Provider, Scope, make_async_container, provide

from skillbridge.adapters.memory.provider import MemoryProvider, MemorySignals
from skillbridge.adapters.memory.store import Store
from skillbridge.adapters.postgres.provider import PostgresProvider
from skillbridge.adapters.redis.provider import RedisProvider
from skillbridge.application import gamification, notifications, progress, reactions
from skillbridge.application.ports import Clock, CurrentJob, Reactions
from skillbridge.entrypoints.settings import Settings

CONTEXTS: tuple[object, ...] = (progress, gamification, notifications)


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


def use_cases() -> Provider:
    provider = Provider(scope=Scope.REQUEST)
    for context in CONTEXTS:
        for use_case in context.USE_CASES:  # type: ignore[attr-defined]  # modules have no type of their own
            provider.provide(use_case)
    return provider


def storage(settings: Settings, *, worker: bool) -> Provider:
    """PostgreSQL, as the login of the API or of a worker."""
    url = settings.database_worker_url if worker else settings.database_url
    return PostgresProvider(url, pool_size=settings.database_pool)


def signals(settings: Settings) -> Provider:
    return RedisProvider(settings.redis_url)


def memory(store: Store | None = None) -> tuple[Provider, ...]:
    """Storage and signals in this process."""
    return MemoryProvider(store or Store()), MemorySignals()


def make_container(*providers: Provider) -> AsyncContainer:
    """Checks that everything asked for is given before anything starts."""
    return make_async_container(Kernel(), use_cases(), *providers)


def _now() -> datetime:
    return datetime.now(UTC)
