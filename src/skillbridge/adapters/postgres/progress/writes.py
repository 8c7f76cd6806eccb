"""Journeys in PostgreSQL: rows of `roadmaps`, and one row of `completions` a module done."""

from dataclasses import dataclass
from datetime import datetime

import asyncpg
import msgspec
from sqlalchemy import UUID, DateTime, Text, any_, bindparam, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query, Read
from skillbridge.adapters.postgres.progress.tables import completions
from skillbridge.adapters.postgres.roadmaps.tables import roadmaps
from skillbridge.application.progress.views import Progress
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import StaleWrite
from skillbridge.domain.ids import ModuleId, RoadmapId, UserId
from skillbridge.domain.progress.journey import Journey, Step, UnknownRoadmap

STEPS = msgspec.json.Decoder(tuple[Step, ...])
LOCK = Query(
    select(text("*")).select_from(
        func.app.lock_journey(bindparam("roadmap", type_=UUID), bindparam("learner", type_=UUID))
    )
)
_done = (
    select(completions)
    .where(completions.c.roadmap_id == roadmaps.c.id)
    .where(completions.c.learner_id == roadmaps.c.learner_id)
    .order_by(completions.c.completed_at, completions.c.module_id)
)
READ = Read(
    select(
        roadmaps.c.id,
        roadmaps.c.learner_id,
        roadmaps.c.status,
        roadmaps.c.modules,
        roadmaps.c.version,
        func.array(_done.with_only_columns(completions.c.module_id).scalar_subquery()).label(
            "done"
        ),
        func.array(_done.with_only_columns(completions.c.completed_at).scalar_subquery()).label(
            "times"
        ),
    ).where(
        roadmaps.c.id == bindparam("roadmap"),
        roadmaps.c.learner_id == bindparam("learner"),
        roadmaps.c.deleted_at.is_(None),
    )
)
_marked = (
    update(roadmaps)
    .where(roadmaps.c.id == bindparam("roadmap"))
    .where(roadmaps.c.learner_id == bindparam("learner"))
    .where(roadmaps.c.version == bindparam("held"))
    .values(percent=bindparam("reached"))
    .returning(roadmaps.c.tenant_id, roadmaps.c.id, roadmaps.c.learner_id)
    .cte("marked")
)
_kept = (
    insert(completions)
    .from_select(
        ["tenant_id", "roadmap_id", "learner_id", "module_id", "completed_at"],
        select(
            _marked.c.tenant_id,
            _marked.c.id,
            _marked.c.learner_id,
            func.unnest(bindparam("done", type_=ARRAY(Text))),
            func.unnest(bindparam("times", type_=ARRAY(DateTime(timezone=True)))),
        ),
    )
    .on_conflict_do_nothing()
    .cte("kept")
)
_forgotten = (
    delete(completions)
    .where(completions.c.roadmap_id == _marked.c.id)
    .where(completions.c.learner_id == _marked.c.learner_id)
    .where(completions.c.module_id == any_(bindparam("reopened", type_=ARRAY(Text))))
    .cte("forgotten")
)
SAVE = Query(select(func.count()).select_from(_marked).add_cte(_kept, _forgotten))
"""How many roadmaps were as they had been read: one, or none."""


@dataclass(frozen=True, slots=True)
class PostgresJourneys:
    session: Session

    async def get(self, learner_id: UserId, roadmap_id: RoadmapId) -> Journey:
        row = await self.session.connection.row(LOCK, roadmap=roadmap_id, learner=learner_id)
        if row is None:
            raise _unknown()
        done = dict(zip(row["done"] or (), row["times"] or (), strict=True))
        return _journey(row, STEPS.decode(row["modules"]), done)

    async def save(self, journey: Journey) -> None:
        new = journey.newly_completed
        saved = await self.session.connection.value(
            SAVE,
            roadmap=journey.roadmap_id,
            learner=journey.learner_id,
            held=journey.version,
            reached=journey.percent,
            done=list(new),
            times=list(new.values()),
            reopened=list(journey.reopened),
        )
        if not saved:
            raise StaleWrite("this roadmap changed meanwhile; read it again")


@dataclass(frozen=True, slots=True)
class PostgresJourneyReads:
    database: Database

    async def of(self, actor: Actor, roadmap_id: RoadmapId) -> Progress:
        whose = {"roadmap": roadmap_id, "learner": actor.user_id}
        row = await self.database.read_one(actor, READ, **whose)
        if row is None:
            raise _unknown()
        steps = msgspec.convert(row["modules"], tuple[Step, ...])
        done = dict(zip(row["done"], row["times"], strict=True))
        return Progress.of(_journey(row, steps, done))


def _unknown() -> UnknownRoadmap:
    return UnknownRoadmap("there is no such roadmap among yours")


def _journey(
    row: asyncpg.Record, steps: tuple[Step, ...], done: dict[ModuleId, datetime]
) -> Journey:
    return Journey(
        learner_id=row["learner_id"],
        roadmap_id=row["id"],
        status=row["status"],
        steps=steps,
        completed=done,
        version=row["version"],
    )
