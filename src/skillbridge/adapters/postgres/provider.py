"""Plug PostgreSQL into the ports."""

from collections.abc import AsyncIterator

from dishka import Provider, Scope, provide

from skillbridge.adapters.postgres.accounts import (
    PostgresProfiles,
    PostgresSignIns,
    PostgresUsers,
)
from skillbridge.adapters.postgres.accounts_reads import (
    PostgresAccountReads,
    PostgresEndedSignIns,
    PostgresProfileReads,
)
from skillbridge.adapters.postgres.cohorts import PostgresCohortRuns, PostgresPlacements
from skillbridge.adapters.postgres.cohorts_reads import PostgresCohortReads
from skillbridge.adapters.postgres.database import Database
from skillbridge.adapters.postgres.gamification import (
    PostgresActivities,
    PostgresAwards,
    PostgresBadgeReads,
)
from skillbridge.adapters.postgres.impressions import (
    PostgresImpressionLog,
    PostgresImpressionReads,
    PostgresImpressions,
)
from skillbridge.adapters.postgres.jobs import PostgresJobs
from skillbridge.adapters.postgres.learners import PostgresLearners
from skillbridge.adapters.postgres.matching import PostgresMatches, PostgresMentors
from skillbridge.adapters.postgres.matching_reads import PostgresMatchReads, PostgresMentorReads
from skillbridge.adapters.postgres.mentor_pool import PostgresMentorPool
from skillbridge.adapters.postgres.notifications import (
    PostgresNoticeReads,
    PostgresNotices,
    PostgresPeople,
)
from skillbridge.adapters.postgres.pooler import Pooling
from skillbridge.adapters.postgres.processes import PostgresProcesses
from skillbridge.adapters.postgres.progress import PostgresJourneyReads, PostgresJourneys
from skillbridge.adapters.postgres.registrations import PostgresRegistrations
from skillbridge.adapters.postgres.roadmaps import PostgresRoadmaps
from skillbridge.adapters.postgres.roadmaps_reads import PostgresRoadmapReads
from skillbridge.adapters.postgres.tenants import PostgresTenants
from skillbridge.adapters.postgres.transaction import PostgresTransaction, Session
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
from skillbridge.application.ports import Jobs, Processes, Tenants, Transaction
from skillbridge.application.progress.ports import JourneyReads, Journeys
from skillbridge.application.roadmaps.ports import RoadmapReads, Roadmaps


class PostgresProvider(Provider):
    """One login's view: the API's and the worker's differ."""

    scope = Scope.REQUEST

    def __init__(self, url: str, *, pool_size: int, pooling: Pooling = "auto") -> None:
        super().__init__()
        self._url = url
        self._pool_size = pool_size
        self._pooling = pooling

    @provide(scope=Scope.APP)
    async def database(self) -> AsyncIterator[Database]:
        database = await Database.connect(self._url, size=self._pool_size, pooling=self._pooling)
        yield database
        await database.close()

    @provide
    def session(self) -> Session:
        return Session()

    transaction = provide(PostgresTransaction, provides=Transaction)
    roadmaps = provide(PostgresRoadmaps, provides=Roadmaps)
    roadmap_reads = provide(PostgresRoadmapReads, provides=RoadmapReads, scope=Scope.APP)
    journeys = provide(PostgresJourneys, provides=Journeys)
    journey_reads = provide(PostgresJourneyReads, provides=JourneyReads)
    activities = provide(PostgresActivities, provides=Activities)
    awards = provide(PostgresAwards, provides=Awards)
    badge_reads = provide(PostgresBadgeReads, provides=BadgeReads)
    people = provide(PostgresPeople, provides=People)
    notices = provide(PostgresNotices, provides=Notices)
    notice_reads = provide(PostgresNoticeReads, provides=NoticeReads)
    jobs = provide(PostgresJobs, provides=Jobs, scope=Scope.APP)
    processes = provide(PostgresProcesses, provides=Processes, scope=Scope.APP)

    registrations = provide(PostgresRegistrations, provides=Registrations)
    users = provide(PostgresUsers, provides=Users)
    sign_ins = provide(PostgresSignIns, provides=SignIns)
    ended_sign_ins = provide(PostgresEndedSignIns, provides=EndedSignIns, scope=Scope.APP)
    profiles = provide(PostgresProfiles, provides=Profiles)
    profile_reads = provide(PostgresProfileReads, provides=ProfileReads)
    account_reads = provide(PostgresAccountReads, provides=AccountReads)

    @provide(scope=Scope.APP)
    def tenants(self, database: Database) -> Tenants:
        return PostgresTenants(database)

    mentors = provide(PostgresMentors, provides=Mentors)
    matches = provide(PostgresMatches, provides=Matches)
    mentor_reads = provide(PostgresMentorReads, provides=MentorReads)
    match_reads = provide(PostgresMatchReads, provides=MatchReads)
    learners = provide(PostgresLearners, provides=Learners)
    cohort_runs = provide(PostgresCohortRuns, provides=CohortRuns)
    placements = provide(PostgresPlacements, provides=Placements)
    cohort_reads = provide(PostgresCohortReads, provides=CohortReads)
    impressions = provide(PostgresImpressions, provides=Impressions)
    impression_reads = provide(PostgresImpressionReads, provides=ImpressionReads)

    @provide(scope=Scope.APP)
    async def impression_log(self, database: Database) -> AsyncIterator[ImpressionLog]:
        impressions = PostgresImpressionLog(database)
        yield impressions
        await impressions.settle()

    mentor_pool = provide(PostgresMentorPool, provides=MentorPool, scope=Scope.APP)
