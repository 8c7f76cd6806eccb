"""Activity counts and awards in PostgreSQL: what is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Label,
    ScalarSelect,
    Select,
    Table,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.postgres.engine.clauses import ACTOR, here, mine
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query, Read
from skillbridge.adapters.postgres.gamification.tables import awards
from skillbridge.adapters.postgres.matching.tables import matches
from skillbridge.adapters.postgres.progress.tables import completions
from skillbridge.adapters.postgres.roadmaps.tables import roadmaps
from skillbridge.application.gamification.ports import Activities, BadgeReads
from skillbridge.domain.actor import Actor
from skillbridge.domain.gamification.badge import Activity, ActivityCounts, ActivityTimes
from skillbridge.domain.ids import BadgeId, UserId

FINISHED = 100
"""Percent of a roadmap."""

_accepted = matches.c.status == any_(literal(["active", "completed", "cancelled"], ARRAY(Text)))


def _count(table: Table, *conditions: ColumnElement[bool]) -> ScalarSelect[Any]:
    return select(func.count()).where(here(table), *conditions).scalar_subquery()


_kept = and_(here(roadmaps), roadmaps.c.deleted_at.is_(None), roadmaps.c.percent == FINISHED)
_counts = select(
    _count(completions, completions.c.learner_id == ACTOR).label(Activity.MODULES_COMPLETED),
    _count(roadmaps, roadmaps.c.learner_id == ACTOR, _kept).label(Activity.ROADMAPS_FINISHED),
    _count(matches, matches.c.learner_id == ACTOR, _accepted).label(Activity.MENTORS_FOUND),
    _count(matches, matches.c.mentor_id == ACTOR, _accepted).label(Activity.LEARNERS_WELCOMED),
)
_who = bindparam("user_id", type_=Uuid)
_completed = (here(completions), completions.c.learner_id == _who)
_finished = (
    select(func.max(completions.c.completed_at).label("at"))
    .join(roadmaps, roadmaps.c.id == completions.c.roadmap_id)
    .where(*_completed, roadmaps.c.learner_id == _who, _kept)
    .group_by(roadmaps.c.id)
)
"""A roadmap is finished with the last of its modules."""


def _first(activity: Activity, times: Select[Any]) -> Label[Any]:
    first = times.order_by(text("1")).limit(bindparam("most", type_=Integer))
    return func.array(first.scalar_subquery()).label(activity)


def _accepted_by(side: ColumnElement[Any]) -> Select[Any]:
    return select(matches.c.answered_at).where(here(matches), side == _who, _accepted)


ACTIVITY_TIMES = Query(
    select(
        _first(Activity.MODULES_COMPLETED, select(completions.c.completed_at).where(*_completed)),
        _first(Activity.ROADMAPS_FINISHED, _finished),
        _first(Activity.MENTORS_FOUND, _accepted_by(matches.c.learner_id)),
        _first(Activity.LEARNERS_WELCOMED, _accepted_by(matches.c.mentor_id)),
    )
)
_awarded = select(awards).where(mine(awards)).order_by(awards.c.awarded_at, awards.c.badge_id)
OWN = Read(
    _counts.add_columns(
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
        row = await self.session.connection.row(ACTIVITY_TIMES, user_id=user_id, most=most)
        assert row is not None
        return {activity: row[activity] for activity in Activity}


@dataclass(frozen=True, slots=True)
class PostgresBadgeReads:
    database: Database

    async def own(self, actor: Actor) -> tuple[ActivityCounts, Mapping[BadgeId, datetime]]:
        (row,) = await self.database.read(actor, OWN)
        counts = {activity: row[activity] for activity in Activity}
        return counts, dict(zip(row["badges"], row["times"], strict=True))


BINDINGS: Bindings = (
    Binding[Activities](PostgresActivities),
    Binding[BadgeReads](PostgresBadgeReads),
)
