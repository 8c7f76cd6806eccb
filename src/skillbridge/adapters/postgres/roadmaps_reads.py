"""Roadmaps in PostgreSQL: what is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
import msgspec
from sqlalchemy import BigInteger, DateTime, Text, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import UUID

from skillbridge.adapters.postgres.database import Database
from skillbridge.adapters.postgres.query import Query
from skillbridge.adapters.postgres.roadmaps import ONES_OWN, brief_of
from skillbridge.adapters.postgres.tables import roadmaps
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

# The hot reads are functions of `migrations/sql/0001_reads.sql`, their columns named as the fields
# of the views, so that msgspec makes a view of a row by itself.
_reader = (
    bindparam("reader", type_=UUID),
    bindparam("tenant", type_=UUID),
    bindparam("standing", type_=Text),
)
ONE = Query(
    select(text("*")).select_from(func.app.read_roadmap(*_reader, bindparam("wanted", type_=UUID)))
)
MINE = Query(
    select(text("*")).select_from(
        func.app.read_roadmaps(
            *_reader,
            bindparam("after_at", type_=DateTime(timezone=True)),
            bindparam("after_id", type_=UUID),
            bindparam("most", type_=BigInteger),
        )
    )
)
_MODULES = msgspec.json.Decoder(list[dict[str, Any]])
BRIEF = Query(
    select(roadmaps).where(
        ONES_OWN, roadmaps.c.id == bindparam("wanted"), roadmaps.c.deleted_at.is_(None)
    )
)


@dataclass(frozen=True, slots=True)
class PostgresRoadmapReads:
    database: Database

    async def one(self, actor: Actor, roadmap_id: RoadmapId) -> RoadmapView:
        rows = await self.database.read(actor, ONE, wanted=roadmap_id)
        if not rows:
            raise UnknownRoadmap("there is no such roadmap among yours")
        return _view(rows[0])

    async def mine(
        self, actor: Actor, *, after: Key | None, limit: int
    ) -> Sequence[RoadmapSummary]:
        at, row = (after.at, after.id) if after else (None, None)
        rows = await self.database.read(actor, MINE, after_at=at, after_id=row, most=limit + 1)
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
        async with self.database.transaction(actor, read_only=True) as db:
            row = await db.row(BRIEF, wanted=roadmap_id)
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
