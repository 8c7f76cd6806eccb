"""Plug the in-memory adapters into the ports."""

from dishka import Provider, Scope, provide

from skillbridge.adapters.memory.accounts import MemoryProfiles, MemorySignIns, MemoryUsers
from skillbridge.adapters.memory.accounts_reads import MemoryAccountReads, MemoryProfileReads
from skillbridge.adapters.memory.jobs import MemoryJobs
from skillbridge.adapters.memory.roadmaps import MemoryRoadmapReads, MemoryRoadmaps
from skillbridge.adapters.memory.signals import MemoryCache, MemoryFanout, MemoryRateLimit
from skillbridge.adapters.memory.store import (
    MemorySession,
    MemoryTransaction,
    SilentWake,
    Store,
)
from skillbridge.adapters.memory.tenants import MemoryTenants
from skillbridge.application.accounts.ports import (
    AccountReads,
    ProfileReads,
    Profiles,
    SignIns,
    Users,
)
from skillbridge.application.ports import (
    Cache,
    Fanout,
    Jobs,
    RateLimit,
    Tenants,
    Transaction,
    Wake,
)
from skillbridge.application.roadmaps.ports import RoadmapReads, Roadmaps


class MemoryProvider(Provider):
    """The store in place of PostgreSQL."""

    scope = Scope.REQUEST

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store

    @provide(scope=Scope.APP)
    def store(self) -> Store:
        return self._store

    @provide
    def session(self, store: Store) -> MemorySession:
        return MemorySession(store)

    transaction = provide(MemoryTransaction, provides=Transaction)
    roadmaps = provide(MemoryRoadmaps, provides=Roadmaps)
    roadmap_reads = provide(MemoryRoadmapReads, provides=RoadmapReads)
    jobs = provide(MemoryJobs, provides=Jobs, scope=Scope.APP)

    users = provide(MemoryUsers, provides=Users)
    sign_ins = provide(MemorySignIns, provides=SignIns)
    profiles = provide(MemoryProfiles, provides=Profiles)
    profile_reads = provide(MemoryProfileReads, provides=ProfileReads)
    account_reads = provide(MemoryAccountReads, provides=AccountReads)

    @provide(scope=Scope.APP)
    def tenants(self, store: Store) -> Tenants:
        return MemoryTenants(store)


class MemorySignals(Provider):
    """One process in place of Redis."""

    scope = Scope.APP

    @provide
    def cache(self) -> Cache:
        return MemoryCache()

    @provide
    def rate_limit(self) -> RateLimit:
        return MemoryRateLimit()

    @provide
    def fanout(self) -> Fanout:
        return MemoryFanout()

    wake = provide(SilentWake, provides=Wake)
