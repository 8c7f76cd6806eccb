"""Plug the in-memory adapters into the ports; which fits which stands beside the adapters."""

from dishka import Provider, Scope, provide

from skillbridge.adapters import memory
from skillbridge.adapters.binding import bind, joined
from skillbridge.adapters.memory.signals import (
    MemoryCache,
    MemoryFanout,
    MemoryRateLimit,
    MemorySightings,
)
from skillbridge.adapters.memory.store import MemorySession, SilentWake, Store
from skillbridge.adapters.memory.tenancy.tenants import MemoryTenants
from skillbridge.application.ports.cache import Cache
from skillbridge.application.ports.fanout import Fanout
from skillbridge.application.ports.jobs import Wake
from skillbridge.application.ports.rate_limit import RateLimit
from skillbridge.application.ports.sightings import Sightings
from skillbridge.application.ports.tenants import Tenants

BINDINGS = joined(memory)


class MemoryProvider(Provider):
    """The store in place of PostgreSQL."""

    scope = Scope.REQUEST

    def __init__(self, store: Store) -> None:
        super().__init__()
        bind(self, BINDINGS)
        self._store = store

    @provide(scope=Scope.APP)
    def store(self) -> Store:
        return self._store

    @provide
    def session(self, store: Store) -> MemorySession:
        return MemorySession(store)

    @provide(scope=Scope.APP)
    def tenants(self, store: Store) -> Tenants:
        return MemoryTenants(store)


class MemorySignals(Provider):
    """One process in place of Redis; the containers given one of these share it."""

    scope = Scope.APP

    def __init__(self) -> None:
        super().__init__()
        self._cache = MemoryCache()
        self._rate_limit = MemoryRateLimit()
        self._fanout = MemoryFanout()
        self._sightings = MemorySightings()

    @provide
    def cache(self) -> Cache:
        return self._cache

    @provide
    def rate_limit(self) -> RateLimit:
        return self._rate_limit

    @provide
    def sightings(self) -> Sightings:
        return self._sightings

    @provide
    def fanout(self) -> Fanout:
        return self._fanout

    @provide
    def wake(self) -> Wake:
        return SilentWake()
