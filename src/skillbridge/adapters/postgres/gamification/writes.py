"""Activity counts and awards in PostgreSQL."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
from sqlalchemy import (
    UUID,
    BindParameter,
    ColumnElement,
    DateTime,
    ScalarSelect,
    Text,
    and_,
    any_,
    bindparam,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert

from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query, Read
from skillbridge.adapters.postgres.gamification.tables import awards
from skillbridge.adapters.postgres.matching.tables import matches
from skillbridge.adapters.postgres.progress.tables import completions
from skillbridge.adapters.postgres.roadmaps.tables import roadmaps
from skillbridge.domain.actor import Actor
from skillbridge.domain.gamification.badge import Activity, ActivityCounts
from skillbridge.domain.ids import BadgeId, UserId

FINISHED = 100
"""Percent of a roadmap."""

_who: BindParameter[Any] = bindparam("who")
_accepted = matches.c.status == any_(literal(["active", "completed", "cancelled"], ARRAY(Text)))


def _count(*conditions: ColumnElement[bool]) -> ScalarSelect[Any]:
    return select(func.count()).where(*conditions).scalar_subquery()


_kept = and_(roadmaps.c.learner_id == _who, roadmaps.c.deleted_at.is_(None))
"""As the index has them."""

_activity_counts = select(
    _count(completions.c.learner_id == _who).label(Activity.MODULES_COMPLETED),
    _count(_kept, roadmaps.c.percent == FINISHED).label(Activity.ROADMAPS_FINISHED),
    _count(matches.c.learner_id == _who, _accepted).label(Activity.MENTORS_FOUND),
    _count(matches.c.mentor_id == _who, _accepted).label(Activity.LEARNERS_WELCOMED),
)
ACTIVITY_COUNTS = Query(_activity_counts)
AWARD = Query(
    insert(awards)
    .from_select(
        ["tenant_id", "user_id", "badge_id", "awarded_at"],
        select(
            func.app.tenant_id(),
            bindparam("who", type_=UUID),
            func.unnest(bindparam("badges", type_=ARRAY(Text))),
            bindparam("at", type_=DateTime(timezone=True)),
        ),
    )
    .on_conflict_do_nothing()
    .returning(awards.c.badge_id)
)
_awarded = (
    select(awards).where(awards.c.user_id == _who).order_by(awards.c.awarded_at, awards.c.badge_id)
)
OWN = Read(
    _activity_counts.add_columns(
        func.array(_awarded.with_only_columns(awards.c.badge_id).scalar_subquery()).label("badges"),
        func.array(_awarded.with_only_columns(awards.c.awarded_at).scalar_subquery()).label(
            "times"
        ),
    )
)


@dataclass(frozen=True, slots=True)
class PostgresActivities:
    session: Session

    async def of(self, user_id: UserId) -> ActivityCounts:
        row = await self.session.connection.row(ACTIVITY_COUNTS, who=user_id)
        assert row is not None
        return _counts_of(row)


@dataclass(frozen=True, slots=True)
class PostgresAwards:
    session: Session

    async def award(
        self, user_id: UserId, badge_ids: Collection[BadgeId], at: datetime
    ) -> Collection[BadgeId]:
        if not badge_ids:
            return ()
        rows = await self.session.connection.rows(AWARD, who=user_id, badges=list(badge_ids), at=at)
        return [row["badge_id"] for row in rows]


@dataclass(frozen=True, slots=True)
class PostgresBadgeReads:
    database: Database

    async def own(self, actor: Actor) -> tuple[ActivityCounts, Mapping[BadgeId, datetime]]:
        (row,) = await self.database.read(actor, OWN, who=actor.user_id)
        return _counts_of(row), dict(zip(row["badges"], row["times"], strict=True))


def _counts_of(row: asyncpg.Record) -> ActivityCounts:
    return {activity: row[activity] for activity in Activity}
