"""Roadmaps in PostgreSQL: what is read."""

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg
import msgspec
from sqlalchemy import DateTime, bindparam, func, select, tuple_
from sqlalchemy.dialects.postgresql import UUID

from skillbridge.adapters.postgres.database import Database
from skillbridge.adapters.postgres.query import Query
from skillbridge.adapters.postgres.roadmaps import brief_of
from skillbridge.adapters.postgres.tables import completions, roadmaps
from skillbridge.application.paging import Key
from skillbridge.application.roadmaps.ports import UnknownRoadmap
from skillbridge.application.roadmaps.views import (
    GenerationView,
    RoadmapSummary,
    RoadmapView,
)
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import RoadmapId
from skillbridge.domain.roadmaps.brief import Brief
from skillbridge.domain.roadmaps.roadmap import Author, RoadmapStatus

_done = (
    select(func.jsonb_object_agg(completions.c.module_id, completions.c.completed_at))
    .where(completions.c.roadmap_id == roadmaps.c.id)
    .scalar_subquery()
)
_living = roadmaps.c.deleted_at.is_(None)
# Columns are named as the fields of the views, so that msgspec makes a view of a row by itself.
SUMMARY = (
    roadmaps.c.id,
    roadmaps.c.title,
    roadmaps.c.domain_id.label("domain"),
    roadmaps.c.level,
    roadmaps.c.status,
    roadmaps.c.percent,
    roadmaps.c.created_at,
    roadmaps.c.updated_at,
)
ONE = Query(
    select(
        *SUMMARY,
        roadmaps.c.goal,
        roadmaps.c.hours_per_week,
        roadmaps.c.known_skills.label("known"),
        roadmaps.c.starts_on,
        roadmaps.c.author,
        roadmaps.c.reason,
        roadmaps.c.modules,
        roadmaps.c.version,
        _done.label("done"),
    ).where(roadmaps.c.id == bindparam("wanted"), _living)
)
_mine = (
    select(*SUMMARY)
    .where(roadmaps.c.learner_id == bindparam("learner"), _living)
    .order_by(roadmaps.c.created_at.desc(), roadmaps.c.id.desc())
    .limit(bindparam("most"))
)
FIRST = Query(_mine)
NEXT = Query(
    _mine.where(
        tuple_(roadmaps.c.created_at, roadmaps.c.id)
        < tuple_(
            bindparam("after_at", type_=DateTime(timezone=True)), bindparam("after_id", type_=UUID)
        )
    )
)
BRIEF = Query(select(roadmaps).where(roadmaps.c.id == bindparam("wanted"), _living))


@dataclass(frozen=True, slots=True)
class PostgresRoadmapReads:
    database: Database

    async def one(self, actor: Actor, roadmap_id: RoadmapId) -> RoadmapView:
        return _view(await self._row(ONE, actor, roadmap_id))

    async def mine(
        self, actor: Actor, *, after: Key | None, limit: int
    ) -> Sequence[RoadmapSummary]:
        values = {"learner": actor.user_id, "most": limit + 1}
        async with self.database.transaction(actor, read_only=True) as db:
            if after is None:
                rows = await db.rows(FIRST, **values)
            else:
                rows = await db.rows(NEXT, **values, after_at=after.at, after_id=after.id)
        return msgspec.convert([dict(row) for row in rows], list[RoadmapSummary])

    async def generation(self, actor: Actor, roadmap_id: RoadmapId) -> GenerationView:
        row = await self._row(BRIEF, actor, roadmap_id)
        status = RoadmapStatus(row["status"])
        over = status is not RoadmapStatus.DRAFTING
        return GenerationView(
            roadmap_id=roadmap_id,
            status=status,
            stage=status.value if over else "waiting",
            percent=100 if over else 0,
            author=Author(row["author"]) if row["author"] else None,
            reason=row["reason"],
        )

    async def brief(self, actor: Actor, roadmap_id: RoadmapId) -> Brief:
        return brief_of(await self._row(BRIEF, actor, roadmap_id))

    async def _row(self, query: Query, actor: Actor, roadmap_id: RoadmapId) -> asyncpg.Record:
        async with self.database.transaction(actor, read_only=True) as db:
            row = await db.row(query, wanted=roadmap_id)
        if row is None:
            raise UnknownRoadmap("there is no such roadmap among yours")
        return row


def _view(row: asyncpg.Record) -> RoadmapView:
    found = dict(row)
    done = found["done"] or {}
    for module in found["modules"]:
        module["completed_at"] = done.get(module["id"])
    return msgspec.convert(found, RoadmapView)
