"""Roadmaps in PostgreSQL: what is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
import msgspec
from sqlalchemy import DateTime, Text, bindparam, cast, func, select, tuple_
from sqlalchemy.dialects.postgresql import UUID

from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.statements import Read
from skillbridge.adapters.postgres.progress.tables import completions
from skillbridge.adapters.postgres.roadmaps.tables import roadmaps
from skillbridge.adapters.postgres.roadmaps.writes import ONES_OWN, brief_of
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

# The columns are named as the fields of the views, so that msgspec makes a view of a row by itself.
_summary = (
    roadmaps.c.id,
    roadmaps.c.title,
    roadmaps.c.domain_id.label("domain"),
    roadmaps.c.level,
    roadmaps.c.status,
    roadmaps.c.percent,
    roadmaps.c.created_at,
    roadmaps.c.updated_at,
)
_here = (ONES_OWN, roadmaps.c.deleted_at.is_(None))
_done = (
    select(func.jsonb_object_agg(completions.c.module_id, completions.c.completed_at))
    .where(completions.c.roadmap_id == roadmaps.c.id)
    .where(completions.c.learner_id == roadmaps.c.learner_id)
)
ONE = Read(
    select(
        *_summary,
        roadmaps.c.goal,
        roadmaps.c.hours_per_week,
        roadmaps.c.known_skills.label("known"),
        roadmaps.c.starts_on,
        roadmaps.c.author,
        roadmaps.c.reason,
        cast(roadmaps.c.modules, Text).label("modules"),
        roadmaps.c.version,
        _done.scalar_subquery().label("done"),
    ).where(*_here, roadmaps.c.id == bindparam("wanted"))
)
_newest = (
    select(*_summary)
    .where(*_here, roadmaps.c.learner_id == bindparam("learner"))
    .order_by(roadmaps.c.created_at.desc(), roadmaps.c.id.desc())
    .limit(bindparam("most"))
)
FIRST = Read(_newest)
NEXT = Read(
    _newest.where(
        tuple_(roadmaps.c.created_at, roadmaps.c.id)
        < tuple_(
            bindparam("after_at", type_=DateTime(timezone=True)), bindparam("after_id", type_=UUID)
        )
    )
)
_MODULES = msgspec.json.Decoder(list[dict[str, Any]])
BRIEF = Read(select(roadmaps).where(*_here, roadmaps.c.id == bindparam("wanted")))


@dataclass(frozen=True, slots=True)
class PostgresRoadmapReads:
    database: Database

    async def one(self, actor: Actor, roadmap_id: RoadmapId) -> RoadmapView:
        row = await self.database.read_one(actor, ONE, wanted=roadmap_id)
        if row is None:
            raise UnknownRoadmap("there is no such roadmap among yours")
        return _view(row)

    async def mine(
        self, actor: Actor, *, after: Key | None, limit: int
    ) -> Sequence[RoadmapSummary]:
        asked = {"learner": actor.user_id, "most": limit + 1}
        if after is None:
            rows = await self.database.read(actor, FIRST, **asked)
        else:
            rows = await self.database.read(
                actor, NEXT, **asked, after_at=after.at, after_id=after.id
            )
        return msgspec.convert([dict(row) for row in rows], list[RoadmapSummary])

    async def generation(self, actor: Actor, roadmap_id: RoadmapId) -> GenerationView:
        row = await self._row(actor, roadmap_id)
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
        return brief_of(await self._row(actor, roadmap_id))

    async def _row(self, actor: Actor, roadmap_id: RoadmapId) -> asyncpg.Record:
        row = await self.database.read_one(actor, BRIEF, wanted=roadmap_id)
        if row is None:
            raise UnknownRoadmap("there is no such roadmap among yours")
        return row


def _view(row: asyncpg.Record) -> RoadmapView:
    """What is completed is laid into the stored modules before anything becomes a view."""
    modules = _MODULES.decode(row["modules"])
    if done := row["done"]:
        for module in modules:
            module["completed_at"] = done.get(module["id"])
    return msgspec.convert({**row, "modules": modules}, RoadmapView)
