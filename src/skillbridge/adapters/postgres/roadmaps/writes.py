"""Roadmaps in PostgreSQL: what is written."""

from dataclasses import dataclass
from typing import Any

import asyncpg
import msgspec
from sqlalchemy import bindparam, select

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.existing import existing
from skillbridge.adapters.postgres.engine.advisory_locks import HOLD_LEARNER
from skillbridge.adapters.postgres.engine.clauses import add, change, own
from skillbridge.adapters.postgres.engine.kept import as_kept
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query, Save
from skillbridge.adapters.postgres.roadmaps.tables import roadmaps
from skillbridge.application.roadmaps.ports import Roadmaps
from skillbridge.domain.ids import RoadmapId, UserId
from skillbridge.domain.roadmaps.brief import Brief
from skillbridge.domain.roadmaps.outline import Module
from skillbridge.domain.roadmaps.roadmap import Roadmap, RoadmapStatus
from skillbridge.domain.unknown import UnknownRoadmap

ADD = Query(
    add(
        roadmaps,
        "id",
        "learner_id",
        "title",
        "goal",
        "domain_id",
        "level",
        "hours_per_week",
        "known_skills",
        "starts_on",
        "status",
    )
)
_kept = select(roadmaps).where(own(roadmaps), roadmaps.c.deleted_at.is_(None))
GET = Query(_kept.where(roadmaps.c.id == bindparam("id")).with_for_update())
DRAFTING = Query(
    _kept.where(roadmaps.c.learner_id == bindparam("learner_id"))
    .where(roadmaps.c.status == RoadmapStatus.DRAFTING.value)
    .where(roadmaps.c.domain_id == bindparam("domain"), roadmaps.c.goal == bindparam("goal"))
    .order_by(roadmaps.c.created_at.desc(), roadmaps.c.id.desc())
)
SAVE = Save(
    change(roadmaps, "title", "status", "author", "reason", "modules"),
    "this roadmap changed meanwhile: read it again",
)


@dataclass(frozen=True, slots=True)
class PostgresRoadmaps:
    session: Session

    async def add(self, roadmap: Roadmap) -> None:
        brief = roadmap.brief
        await self.session.connection.run(
            ADD,
            roadmap,
            goal=brief.goal,
            domain_id=brief.domain,
            level=brief.level,
            hours_per_week=brief.hours_per_week,
            known_skills=sorted(brief.known),
        )

    async def drafting_like(self, learner_id: UserId, brief: Brief) -> RoadmapId | None:
        await self.session.connection.run(HOLD_LEARNER, learner=learner_id)
        rows = await self.session.connection.rows(
            DRAFTING, learner_id=learner_id, domain=brief.domain, goal=brief.goal
        )
        alike = (roadmap.id for roadmap in map(_roadmap, rows) if roadmap.awaits(brief))
        return next(alike, None)

    async def get(self, roadmap_id: RoadmapId) -> Roadmap:
        return _roadmap(
            existing(await self.session.connection.row(GET, id=roadmap_id), UnknownRoadmap)
        )

    async def save(self, roadmap: Roadmap) -> None:
        await self.session.connection.save(SAVE, roadmap, modules=_modules(roadmap))


def brief_of(row: asyncpg.Record) -> Brief:
    columns = {"domain": row["domain_id"], "known": row["known_skills"]}
    return as_kept({**row, **columns}, Brief)


def _roadmap(row: asyncpg.Record) -> Roadmap:
    modules = tuple(msgspec.convert(row["modules"], list[Module]))
    return msgspec.convert({**row, "brief": brief_of(row), "modules": modules}, Roadmap)


def _modules(roadmap: Roadmap) -> list[dict[str, Any]]:
    """Each with the day it is due, so that reading a roadmap computes nothing."""
    due = roadmap.due
    return [
        {**msgspec.to_builtins(module), "due_on": due[module.id].isoformat()}
        for module in roadmap.modules
    ]


BINDINGS: Bindings = (Binding[Roadmaps](PostgresRoadmaps),)
