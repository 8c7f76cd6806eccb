"""Journeys in PostgreSQL: rows of `roadmaps`, and one row of `completions` a module done."""

from collections.abc import Iterable
from dataclasses import dataclass

import asyncpg
import msgspec
from sqlalchemy import DateTime, Text, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.sql.expression import all_

from skillbridge.adapters.postgres.database import Database
from skillbridge.adapters.postgres.query import Query
from skillbridge.adapters.postgres.tables import completions, roadmaps
from skillbridge.adapters.postgres.transaction import Session
from skillbridge.application.progress.views import Progress
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import StaleWrite
from skillbridge.domain.ids import RoadmapId, UserId
from skillbridge.domain.progress.journey import Journey, Step, UnknownRoadmap

_roadmap = select(
    roadmaps.c.id,
    roadmaps.c.learner_id,
    roadmaps.c.status,
    roadmaps.c.modules,
    roadmaps.c.version,
).where(
    roadmaps.c.id == bindparam("roadmap"),
    roadmaps.c.learner_id == bindparam("learner"),
    roadmaps.c.deleted_at.is_(None),
)
READ = Query(_roadmap)
LOCK = Query(_roadmap.with_for_update(key_share=True))
COMPLETED = Query(
    select(completions.c.module_id, completions.c.completed_at)
    .where(completions.c.roadmap_id == bindparam("roadmap"))
    .where(completions.c.learner_id == bindparam("learner"))
    .order_by(completions.c.completed_at, completions.c.module_id)
)
MARK = Query(
    update(roadmaps)
    .where(roadmaps.c.id == bindparam("roadmap"))
    .where(roadmaps.c.learner_id == bindparam("learner"))
    .where(roadmaps.c.version == bindparam("held"))
    .values(percent=bindparam("reached"))
)
FORGET = Query(
    delete(completions)
    .where(completions.c.roadmap_id == bindparam("roadmap"))
    .where(completions.c.learner_id == bindparam("learner"))
    .where(completions.c.module_id != all_(bindparam("done", type_=ARRAY(Text))))
)
KEEP = Query(
    insert(completions)
    .from_select(
        ["tenant_id", "roadmap_id", "learner_id", "module_id", "completed_at"],
        select(
            roadmaps.c.tenant_id,
            roadmaps.c.id,
            roadmaps.c.learner_id,
            func.unnest(bindparam("done", type_=ARRAY(Text))),
            func.unnest(bindparam("times", type_=ARRAY(DateTime(timezone=True)))),
        )
        .where(roadmaps.c.id == bindparam("roadmap"))
        .where(roadmaps.c.learner_id == bindparam("learner")),
    )
    .on_conflict_do_nothing()
)


@dataclass(frozen=True, slots=True)
class PostgresJourneys:
    session: Session

    async def get(self, learner_id: UserId, roadmap_id: RoadmapId) -> Journey:
        db, whose = self.session.now, {"roadmap": roadmap_id, "learner": learner_id}
        return _journey(await db.row(LOCK, **whose), await db.rows(COMPLETED, **whose))

    async def save(self, journey: Journey) -> None:
        db = self.session.now
        whose = {"roadmap": journey.roadmap_id, "learner": journey.learner_id}
        if not await db.run(MARK, **whose, held=journey.version, reached=journey.percent):
            raise StaleWrite("this roadmap changed meanwhile; read it again")
        done = list(journey.completed)
        await db.run(FORGET, **whose, done=done)
        await db.run(KEEP, **whose, done=done, times=list(journey.completed.values()))


@dataclass(frozen=True, slots=True)
class PostgresJourneyReads:
    database: Database

    async def of(self, actor: Actor, roadmap_id: RoadmapId) -> Progress:
        whose = {"roadmap": roadmap_id, "learner": actor.user_id}
        async with self.database.transaction(actor, read_only=True) as db:
            row, done = await db.row(READ, **whose), await db.rows(COMPLETED, **whose)
        return Progress.of(_journey(row, done))


def _journey(row: asyncpg.Record | None, done: Iterable[asyncpg.Record]) -> Journey:
    if row is None:
        raise UnknownRoadmap("there is no such roadmap among yours")
    return Journey(
        learner_id=row["learner_id"],
        roadmap_id=row["id"],
        status=row["status"],
        steps=msgspec.convert(row["modules"], tuple[Step, ...]),
        completed={one["module_id"]: one["completed_at"] for one in done},
        version=row["version"],
    )
