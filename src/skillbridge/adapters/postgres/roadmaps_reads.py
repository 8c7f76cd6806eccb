"""Roadmaps in PostgreSQL: what is read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

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
    ModuleView,
    RoadmapSummary,
    RoadmapView,
)
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import RoadmapId
from skillbridge.domain.level import Level
from skillbridge.domain.roadmaps.brief import Brief
from skillbridge.domain.roadmaps.roadmap import Author, RoadmapStatus

_done = (
    select(func.jsonb_object_agg(completions.c.module_id, completions.c.completed_at))
    .where(completions.c.roadmap_id == roadmaps.c.id)
    .scalar_subquery()
)
_living = roadmaps.c.deleted_at.is_(None)
ONE = Query(
    select(roadmaps, _done.label("done")).where(roadmaps.c.id == bindparam("wanted"), _living)
)
SUMMARY = (
    roadmaps.c.id,
    roadmaps.c.title,
    roadmaps.c.domain_id,
    roadmaps.c.level,
    roadmaps.c.status,
    roadmaps.c.percent,
    roadmaps.c.created_at,
    roadmaps.c.updated_at,
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
        return [_summary(row) for row in rows]

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


def _summary(row: asyncpg.Record) -> RoadmapSummary:
    return RoadmapSummary(
        id=row["id"],
        title=row["title"],
        domain=row["domain_id"],
        level=Level(row["level"]),
        status=RoadmapStatus(row["status"]),
        percent=row["percent"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


def _view(row: asyncpg.Record) -> RoadmapView:
    modules = msgspec.convert(row["modules"], list[ModuleView])
    return RoadmapView(
        id=row["id"],
        title=row["title"],
        goal=row["goal"],
        domain=row["domain_id"],
        level=Level(row["level"]),
        hours_per_week=row["hours_per_week"],
        known=row["known_skills"],
        starts_on=row["starts_on"],
        status=RoadmapStatus(row["status"]),
        author=Author(row["author"]) if row["author"] else None,
        reason=row["reason"],
        percent=row["percent"],
        modules=_completed(modules, row["done"]) if row["done"] else modules,
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        version=row["version"],
    )


def _completed(modules: list[ModuleView], done: dict[str, str]) -> list[ModuleView]:
    return [
        replace(module, completed_at=datetime.fromisoformat(done[module.id]))
        if module.id in done
        else module
        for module in modules
    ]
