"""Plug the in-memory adapters into the ports."""

from typing import Any

from dishka import Provider, Scope, provide

from skillbridge.adapters.binding import Binding, bind
from skillbridge.adapters.memory.accounts import (
    MemoryProfiles,
    MemoryRegistrations,
    MemorySignIns,
    MemoryUsers,
)
from skillbridge.adapters.memory.accounts_reads import (
    MemoryAccountReads,
    MemoryEndedSignIns,
    MemoryProfileReads,
)
from skillbridge.adapters.memory.cohorts import (
    MemoryCohortReads,
    MemoryCohortRuns,
    MemoryPlacements,
)
from skillbridge.adapters.memory.gamification import (
    MemoryActivities,
    MemoryAwards,
    MemoryBadgeReads,
)
from skillbridge.adapters.memory.jobs import MemoryJobs
from skillbridge.adapters.memory.matching import MemoryMatches, MemoryMatchReads
from skillbridge.adapters.memory.mentors import MemoryMentorReads, MemoryMentors
from skillbridge.adapters.memory.notifications import (
    MemoryNoticeReads,
    MemoryNotices,
    MemoryPeople,
)
from skillbridge.adapters.memory.processes import MemoryProcesses
from skillbridge.adapters.memory.progress import MemoryJourneyReads, MemoryJourneys
from skillbridge.adapters.memory.ranking.impressions import (
    MemoryImpressionLog,
    MemoryImpressionReads,
    MemoryImpressions,
)
from skillbridge.adapters.memory.ranking.pool import MemoryLearners, MemoryMentorPool
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
    EndedSignIns,
    ProfileReads,
    Profiles,
    Registrations,
    SignIns,
    Users,
)
from skillbridge.application.cohorts.ports import CohortReads, CohortRuns, Placements
from skillbridge.application.gamification.ports import Activities, Awards, BadgeReads
from skillbridge.application.matching.ports import Matches, MatchReads
from skillbridge.application.mentors.ports import MentorReads, Mentors
from skillbridge.application.notifications.ports import NoticeReads, Notices, People
from skillbridge.application.ports import (
    Cache,
    Fanout,
    Jobs,
    Processes,
    RateLimit,
    Tenants,
    Transaction,
    Wake,
)
from skillbridge.application.progress.ports import JourneyReads, Journeys
from skillbridge.application.ranking.ports.impressions import (
    ImpressionLog,
    ImpressionReads,
    Impressions,
)
from skillbridge.application.ranking.ports.pool import MentorPool
from skillbridge.application.ranking.ports.ranker import Learners
from skillbridge.application.roadmaps.ports import RoadmapReads, Roadmaps

BINDINGS: tuple[Binding[Any], ...] = (
    Binding[Transaction](MemoryTransaction),
    Binding[Roadmaps](MemoryRoadmaps),
    Binding[RoadmapReads](MemoryRoadmapReads),
    Binding[Journeys](MemoryJourneys),
    Binding[JourneyReads](MemoryJourneyReads),
    Binding[Activities](MemoryActivities),
    Binding[Awards](MemoryAwards),
    Binding[BadgeReads](MemoryBadgeReads),
    Binding[People](MemoryPeople),
    Binding[Notices](MemoryNotices),
    Binding[NoticeReads](MemoryNoticeReads),
    Binding[Jobs](MemoryJobs, scope=Scope.APP),
    Binding[Processes](MemoryProcesses, scope=Scope.APP),
    Binding[Registrations](MemoryRegistrations),
    Binding[Users](MemoryUsers),
    Binding[SignIns](MemorySignIns),
    Binding[EndedSignIns](MemoryEndedSignIns, scope=Scope.APP),
    Binding[Profiles](MemoryProfiles),
    Binding[ProfileReads](MemoryProfileReads),
    Binding[AccountReads](MemoryAccountReads),
    Binding[Mentors](MemoryMentors),
    Binding[Matches](MemoryMatches),
    Binding[MentorReads](MemoryMentorReads),
    Binding[MatchReads](MemoryMatchReads),
    Binding[Learners](MemoryLearners),
    Binding[CohortRuns](MemoryCohortRuns),
    Binding[Placements](MemoryPlacements),
    Binding[CohortReads](MemoryCohortReads),
    Binding[ImpressionLog](MemoryImpressionLog, scope=Scope.APP),
    Binding[Impressions](MemoryImpressions),
    Binding[ImpressionReads](MemoryImpressionReads),
    Binding[MentorPool](MemoryMentorPool, scope=Scope.APP),
)


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

    @provide
    def cache(self) -> Cache:
        return self._cache

    @provide
    def rate_limit(self) -> RateLimit:
        return self._rate_limit

    @provide
    def fanout(self) -> Fanout:
        return self._fanout

    @provide
    def wake(self) -> Wake:
        return SilentWake()
