"""Plug the in-memory adapters into the ports."""

from dishka import Provider, Scope, provide

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
from skillbridge.adapters.memory.impressions import (
    MemoryImpressionLog,
    MemoryImpressionReads,
    MemoryImpressions,
)
from skillbridge.adapters.memory.jobs import MemoryJobs
from skillbridge.adapters.memory.matching import MemoryMatches, MemoryMentors
from skillbridge.adapters.memory.matching_reads import MemoryMatchReads, MemoryMentorReads
from skillbridge.adapters.memory.mentor_pool import MemoryLearners, MemoryMentorPool
from skillbridge.adapters.memory.notifications import (
    MemoryNoticeReads,
    MemoryNotices,
    MemoryPeople,
)
from skillbridge.adapters.memory.processes import MemoryProcesses
from skillbridge.adapters.memory.progress import MemoryJourneyReads, MemoryJourneys
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
from skillbridge.application.gamification.ports import Activities, Awards, BadgeReads
from skillbridge.application.matching.ports import (
    CohortReads,
    CohortRuns,
    ImpressionLog,
    ImpressionReads,
    Impressions,
    Learners,
    Matches,
    MatchReads,
    MentorPool,
    MentorReads,
    Mentors,
    Placements,
)
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
    journeys = provide(MemoryJourneys, provides=Journeys)
    journey_reads = provide(MemoryJourneyReads, provides=JourneyReads)
    activities = provide(MemoryActivities, provides=Activities)
    awards = provide(MemoryAwards, provides=Awards)
    badge_reads = provide(MemoryBadgeReads, provides=BadgeReads)
    people = provide(MemoryPeople, provides=People)
    notices = provide(MemoryNotices, provides=Notices)
    notice_reads = provide(MemoryNoticeReads, provides=NoticeReads)
    jobs = provide(MemoryJobs, provides=Jobs, scope=Scope.APP)
    processes = provide(MemoryProcesses, provides=Processes, scope=Scope.APP)

    registrations = provide(MemoryRegistrations, provides=Registrations)
    users = provide(MemoryUsers, provides=Users)
    sign_ins = provide(MemorySignIns, provides=SignIns)
    ended_sign_ins = provide(MemoryEndedSignIns, provides=EndedSignIns, scope=Scope.APP)
    profiles = provide(MemoryProfiles, provides=Profiles)
    profile_reads = provide(MemoryProfileReads, provides=ProfileReads)
    account_reads = provide(MemoryAccountReads, provides=AccountReads)

    @provide(scope=Scope.APP)
    def tenants(self, store: Store) -> Tenants:
        return MemoryTenants(store)

    mentors = provide(MemoryMentors, provides=Mentors)
    matches = provide(MemoryMatches, provides=Matches)
    mentor_reads = provide(MemoryMentorReads, provides=MentorReads)
    match_reads = provide(MemoryMatchReads, provides=MatchReads)
    learners = provide(MemoryLearners, provides=Learners)
    cohort_runs = provide(MemoryCohortRuns, provides=CohortRuns)
    placements = provide(MemoryPlacements, provides=Placements)
    cohort_reads = provide(MemoryCohortReads, provides=CohortReads)
    impression_log = provide(MemoryImpressionLog, provides=ImpressionLog, scope=Scope.APP)
    impressions = provide(MemoryImpressions, provides=Impressions)
    impression_reads = provide(MemoryImpressionReads, provides=ImpressionReads)
    mentor_pool = provide(MemoryMentorPool, provides=MentorPool, scope=Scope.APP)


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

    wake = provide(SilentWake, provides=Wake)
