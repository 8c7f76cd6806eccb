"""Roadmaps in PostgreSQL: what is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import msgspec
from sqlalchemy import Text, bindparam, cast, func, select

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.existing import existing
from skillbridge.adapters.postgres.engine.clauses import mine, own
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.statements import Pages, Read
from skillbridge.adapters.postgres.progress.tables import completed_of, completions
from skillbridge.adapters.postgres.roadmaps.tables import roadmaps
from skillbridge.adapters.postgres.roadmaps.writes import brief_of
from skillbridge.application.paging import Key, Page, PageRequest
from skillbridge.application.roadmaps.ports import RoadmapReads
from skillbridge.application.roadmaps.views import (
    GenerationView,
    ModuleView,
    RoadmapSummary,
    RoadmapView,
)
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import ModuleId, RoadmapId
from skillbridge.domain.roadmaps.brief import Brief
from skillbridge.domain.roadmaps.roadmap import Author, RoadmapStatus
from skillbridge.domain.unknown import UnknownRoadmap

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
_kept = roadmaps.c.deleted_at.is_(None)
_one = (own(roadmaps), _kept, roadmaps.c.id == bindparam("id"))
_done = select(func.jsonb_object_agg(completions.c.module_id, completions.c.completed_at)).where(
    completed_of(roadmaps)
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
        cast(_done.scalar_subquery(), Text).label("done"),
    ).where(*_one)
)
MINE = Pages.of(
    Key,
    select(*_summary).where(mine(roadmaps), _kept),
    roadmaps.c.created_at,
    roadmaps.c.id,
)
_MODULES = msgspec.json.Decoder(list[ModuleView])
_DONE = msgspec.json.Decoder(dict[ModuleId, datetime])
BRIEF = Read(select(roadmaps).where(*_one))


@dataclass(frozen=True, slots=True)
class PostgresRoadmapReads:
    database: Database

    async def one(self, actor: Actor, roadmap_id: RoadmapId) -> RoadmapView:
        return _view(
            existing(await self.database.read_one(actor, ONE, id=roadmap_id), UnknownRoadmap)
        )

    async def mine(self, actor: Actor, page: PageRequest[Key]) -> Page[RoadmapSummary, Key]:
        return await self.database.page(actor, MINE, _as_summaries, page)

    async def generation(self, actor: Actor, roadmap_id: RoadmapId) -> GenerationView:
        row = await self._row(actor, roadmap_id)
        author = Author(row["author"]) if row["author"] else None
        return GenerationView.stored(
            roadmap_id, RoadmapStatus(row["status"]), author, row["reason"]
        )

    async def brief(self, actor: Actor, roadmap_id: RoadmapId) -> Brief:
        return brief_of(await self._row(actor, roadmap_id))

    async def _row(self, actor: Actor, roadmap_id: RoadmapId) -> asyncpg.Record:
        return existing(await self.database.read_one(actor, BRIEF, id=roadmap_id), UnknownRoadmap)


def _as_summaries(rows: Sequence[asyncpg.Record]) -> list[RoadmapSummary]:
    return msgspec.convert([dict(row) for row in rows], list[RoadmapSummary])


def _view(row: asyncpg.Record) -> RoadmapView:
    modules = _MODULES.decode(row["modules"])
    if row["done"]:
        done = _DONE.decode(row["done"])
        modules = [
            msgspec.structs.replace(it, completed_at=done[it.id]) if it.id in done else it
            for it in modules
        ]
    return msgspec.convert({**row, "modules": modules}, RoadmapView)


BINDINGS: Bindings = (Binding[RoadmapReads](PostgresRoadmapReads, singleton=True),)
