"""Activity counts and awards in PostgreSQL."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    UUID,
    BindParameter,
    ColumnElement,
    DateTime,
    Integer,
    Label,
    ScalarSelect,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    func,
    literal,
    select,
    text,
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
from skillbridge.domain.gamification.badge import Activity, ActivityCounts, ActivityTimes
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
_finished = (
    select(func.max(completions.c.completed_at).label("at"))
    .join(roadmaps, roadmaps.c.id == completions.c.roadmap_id)
    .where(completions.c.learner_id == _who, _kept, roadmaps.c.percent == FINISHED)
    .group_by(roadmaps.c.id)
)
"""A roadmap is finished with the last of its modules."""


def _first(activity: Activity, times: Select[Any]) -> Label[Any]:
    first = times.order_by(text("1")).limit(bindparam("most", type_=Integer))
    return func.array(first.scalar_subquery()).label(activity)


def _accepted_by(side: ColumnElement[Any]) -> Select[Any]:
    return select(matches.c.answered_at).where(side == _who, _accepted)


ACTIVITY_TIMES = Query(
    select(
        _first(
            Activity.MODULES_COMPLETED,
            select(completions.c.completed_at).where(completions.c.learner_id == _who),
        ),
        _first(Activity.ROADMAPS_FINISHED, _finished),
        _first(Activity.MENTORS_FOUND, _accepted_by(matches.c.learner_id)),
        _first(Activity.LEARNERS_WELCOMED, _accepted_by(matches.c.mentor_id)),
    )
)
AWARD = Query(
    insert(awards)
    .from_select(
        ["tenant_id", "user_id", "badge_id", "awarded_at"],
        select(
            func.app.tenant_id(),
            bindparam("who", type_=UUID),
            func.unnest(bindparam("badges", type_=ARRAY(Text))),
            func.unnest(bindparam("times", type_=ARRAY(DateTime(timezone=True)))),
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

    async def first(self, user_id: UserId, most: int) -> ActivityTimes:
        row = await self.session.connection.row(ACTIVITY_TIMES, who=user_id, most=most)
        assert row is not None
        return {activity: row[activity] for activity in Activity}


@dataclass(frozen=True, slots=True)
class PostgresAwards:
    session: Session

    async def award(
        self, user_id: UserId, badges: Mapping[BadgeId, datetime]
    ) -> Collection[BadgeId]:
        if not badges:
            return ()
        rows = await self.session.connection.rows(
            AWARD, who=user_id, badges=list(badges), times=list(badges.values())
        )
        return [row["badge_id"] for row in rows]


@dataclass(frozen=True, slots=True)
class PostgresBadgeReads:
    database: Database

    async def own(self, actor: Actor) -> tuple[ActivityCounts, Mapping[BadgeId, datetime]]:
        (row,) = await self.database.read(actor, OWN, who=actor.user_id)
        counts = {activity: row[activity] for activity in Activity}
        return counts, dict(zip(row["badges"], row["times"], strict=True))
