"""Plug PostgreSQL into the ports."""

from collections.abc import AsyncIterator
from typing import Any

from dishka import Provider, Scope, provide

from skillbridge.adapters.binding import Binding, bind
from skillbridge.adapters.postgres.accounts.reads import PostgresAccountReads, PostgresEndedSignIns
from skillbridge.adapters.postgres.accounts.registrations import PostgresRegistrations
from skillbridge.adapters.postgres.accounts.writes import PostgresSignIns, PostgresUsers
from skillbridge.adapters.postgres.cohorts.reads import PostgresCohortReads
from skillbridge.adapters.postgres.cohorts.writes import PostgresCohortRuns, PostgresPlacements
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.pooler import Pooling
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.gamification.reads import PostgresActivities, PostgresBadgeReads
from skillbridge.adapters.postgres.gamification.writes import PostgresAwards
from skillbridge.adapters.postgres.kernel.jobs import PostgresJobs, PostgresSettlement
from skillbridge.adapters.postgres.kernel.processes import PostgresProcesses
from skillbridge.adapters.postgres.kernel.tenants import PostgresTenants
from skillbridge.adapters.postgres.kernel.transaction import PostgresTransaction
from skillbridge.adapters.postgres.matching.reads import PostgresMatchReads
from skillbridge.adapters.postgres.matching.writes import PostgresMatches
from skillbridge.adapters.postgres.mentors.reads import PostgresMentorReads
from skillbridge.adapters.postgres.mentors.writes import PostgresMentors
from skillbridge.adapters.postgres.notifications.reads import PostgresNoticeReads, PostgresPeople
from skillbridge.adapters.postgres.notifications.writes import PostgresNotices
from skillbridge.adapters.postgres.profiles.reads import PostgresProfileReads
from skillbridge.adapters.postgres.profiles.writes import PostgresProfiles
from skillbridge.adapters.postgres.progress.reads import PostgresJourneyReads
from skillbridge.adapters.postgres.progress.writes import PostgresJourneys
from skillbridge.adapters.postgres.ranking.learners import PostgresLearners
from skillbridge.adapters.postgres.ranking.pool import PostgresMentorPool
from skillbridge.adapters.postgres.ranking.reads import PostgresImpressionReads
from skillbridge.adapters.postgres.ranking.writes import PostgresImpressionLog, PostgresImpressions
from skillbridge.adapters.postgres.roadmaps.reads import PostgresRoadmapReads
from skillbridge.adapters.postgres.roadmaps.writes import PostgresRoadmaps
from skillbridge.application.accounts.ports import (
    AccountReads,
    Registrations,
    SignIns,
    Users,
)
from skillbridge.application.cohorts.ports import CohortReads, CohortRuns, Placements
from skillbridge.application.gamification.ports import Activities, Awards, BadgeReads
from skillbridge.application.matching.ports import Matches, MatchReads
from skillbridge.application.mentors.ports import MentorReads, Mentors
from skillbridge.application.notifications.ports import NoticeReads, Notices, People
from skillbridge.application.ports.access_tokens import EndedSignIns
from skillbridge.application.ports.jobs import Jobs, Settlement, Step
from skillbridge.application.ports.processes import Processes
from skillbridge.application.ports.tenants import Tenants
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.profiles.ports import ProfileReads, Profiles
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
    Binding[Transaction](PostgresTransaction),
    Binding[Step](PostgresTransaction),
    Binding[Roadmaps](PostgresRoadmaps),
    Binding[RoadmapReads](PostgresRoadmapReads, scope=Scope.APP),
    Binding[Journeys](PostgresJourneys),
    Binding[JourneyReads](PostgresJourneyReads),
    Binding[Activities](PostgresActivities),
    Binding[Awards](PostgresAwards),
    Binding[BadgeReads](PostgresBadgeReads),
    Binding[People](PostgresPeople),
    Binding[Notices](PostgresNotices),
    Binding[NoticeReads](PostgresNoticeReads),
    Binding[Jobs](PostgresJobs, scope=Scope.APP),
    Binding[Settlement](PostgresSettlement),
    Binding[Processes](PostgresProcesses, scope=Scope.APP),
    Binding[Registrations](PostgresRegistrations),
    Binding[Users](PostgresUsers),
    Binding[SignIns](PostgresSignIns),
    Binding[EndedSignIns](PostgresEndedSignIns, scope=Scope.APP),
    Binding[Profiles](PostgresProfiles),
    Binding[ProfileReads](PostgresProfileReads),
    Binding[AccountReads](PostgresAccountReads),
    Binding[Mentors](PostgresMentors),
    Binding[Matches](PostgresMatches),
    Binding[MentorReads](PostgresMentorReads),
    Binding[MatchReads](PostgresMatchReads),
    Binding[Learners](PostgresLearners),
    Binding[CohortRuns](PostgresCohortRuns),
    Binding[Placements](PostgresPlacements),
    Binding[CohortReads](PostgresCohortReads),
    Binding[Impressions](PostgresImpressions),
    Binding[ImpressionReads](PostgresImpressionReads),
    Binding[MentorPool](PostgresMentorPool, scope=Scope.APP),
)


class PostgresProvider(Provider):
    """One login's view: the API's and the worker's differ."""

    scope = Scope.REQUEST

    def __init__(self, url: str, *, pool_size: int, pooling: Pooling = "auto") -> None:
        super().__init__()
        bind(self, BINDINGS)
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

    @provide(scope=Scope.APP)
    def tenants(self, database: Database) -> Tenants:
        return PostgresTenants(database)

    @provide(scope=Scope.APP)
    async def impression_log(self, database: Database) -> AsyncIterator[ImpressionLog]:
        impressions = PostgresImpressionLog(database)
        yield impressions
        await impressions.settle()
