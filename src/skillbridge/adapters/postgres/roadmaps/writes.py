"""Roadmaps in PostgreSQL: what is written."""

from dataclasses import dataclass
from typing import Any

import asyncpg
import msgspec
from sqlalchemy import and_, bindparam, func, insert, or_, select, update

from skillbridge.adapters.postgres.engine.advisory_locks import HOLD_LEARNER
from skillbridge.adapters.postgres.engine.kept import as_kept
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query
from skillbridge.adapters.postgres.roadmaps.tables import roadmaps
from skillbridge.application.roadmaps.ports import UnknownRoadmap
from skillbridge.domain.errors import StaleWrite
from skillbridge.domain.ids import RoadmapId, UserId
from skillbridge.domain.roadmaps.brief import Brief
from skillbridge.domain.roadmaps.outline import Module
from skillbridge.domain.roadmaps.roadmap import Roadmap, RoadmapStatus

ONES_OWN = and_(
    roadmaps.c.tenant_id == select(func.app.tenant_id()).scalar_subquery(),
    or_(
        roadmaps.c.learner_id == select(func.app.user_id()).scalar_subquery(),
        select(func.app.is_system()).scalar_subquery(),
    ),
)
"""One's own, or any of the tenant for the system."""

ADD = Query(
    insert(roadmaps),
    [
        "id",
        "tenant_id",
        "learner_id",
        "title",
        "goal",
        "domain_id",
        "level",
        "hours_per_week",
        "known_skills",
        "starts_on",
        "status",
    ],
)
GET = Query(
    select(roadmaps)
    .where(ONES_OWN, roadmaps.c.id == bindparam("wanted"), roadmaps.c.deleted_at.is_(None))
    .with_for_update()
)
DRAFTING = Query(
    select(roadmaps)
    .where(roadmaps.c.learner_id == bindparam("learner"), roadmaps.c.deleted_at.is_(None))
    .where(ONES_OWN)
    .where(roadmaps.c.status == RoadmapStatus.DRAFTING.value)
    .where(roadmaps.c.domain_id == bindparam("domain"), roadmaps.c.goal == bindparam("wish"))
    .order_by(roadmaps.c.created_at.desc(), roadmaps.c.id.desc())
)
SAVE = Query(
    update(roadmaps)
    .where(ONES_OWN, roadmaps.c.id == bindparam("wanted"))
    .where(roadmaps.c.version == bindparam("read_version"))
    .values(
        title=bindparam("new_title"),
        status=bindparam("new_status"),
        author=bindparam("new_author"),
        reason=bindparam("new_reason"),
        modules=bindparam("new_modules"),
    )
)


@dataclass(frozen=True, slots=True)
class PostgresRoadmaps:
    session: Session

    async def add(self, roadmap: Roadmap) -> None:
        await self.session.connection.run(
            ADD,
            id=roadmap.id,
            tenant_id=roadmap.tenant_id,
            learner_id=roadmap.learner_id,
            title=roadmap.title,
            goal=roadmap.brief.goal,
            domain_id=roadmap.brief.domain,
            level=roadmap.brief.level,
            hours_per_week=roadmap.brief.hours_per_week,
            known_skills=sorted(roadmap.brief.known),
            starts_on=roadmap.starts_on,
            status=roadmap.status,
        )

    async def drafting_like(self, learner_id: UserId, brief: Brief) -> RoadmapId | None:
        await self.session.connection.run(HOLD_LEARNER, learner=learner_id)
        rows = await self.session.connection.rows(
            DRAFTING, learner=learner_id, domain=brief.domain, wish=brief.goal
        )
        alike = (roadmap.id for roadmap in map(_roadmap, rows) if roadmap.awaits(brief))
        return next(alike, None)

    async def get(self, roadmap_id: RoadmapId) -> Roadmap:
        row = await self.session.connection.row(GET, wanted=roadmap_id)
        if row is None:
            raise UnknownRoadmap("there is no such roadmap among yours")
        return _roadmap(row)

    async def save(self, roadmap: Roadmap) -> None:
        changed = await self.session.connection.run(
            SAVE,
            wanted=roadmap.id,
            read_version=roadmap.version,
            new_title=roadmap.title,
            new_status=roadmap.status,
            new_author=roadmap.author,
            new_reason=roadmap.reason,
            new_modules=_modules(roadmap),
        )
        if not changed:
            raise StaleWrite("this roadmap changed meanwhile: read it again")


def brief_of(row: asyncpg.Record) -> Brief:
    columns = {"domain": row["domain_id"], "known": row["known_skills"]}
    return as_kept({**row, **columns}, Brief)


def _roadmap(row: asyncpg.Record) -> Roadmap:
    return msgspec.convert(
        {
            "id": row["id"],
            "tenant_id": row["tenant_id"],
            "learner_id": row["learner_id"],
            "brief": brief_of(row),
            "title": row["title"],
            "starts_on": row["starts_on"],
            "status": row["status"],
            "author": row["author"],
            "reason": row["reason"],
            "modules": tuple(msgspec.convert(row["modules"], list[Module])),
            "version": row["version"],
        },
        Roadmap,
    )


def _modules(roadmap: Roadmap) -> list[dict[str, Any]]:
    """Each with the day it is due, so that reading a roadmap computes nothing."""
    due = roadmap.due
    return [
        {**msgspec.to_builtins(module), "due_on": due[module.id].isoformat()}
        for module in roadmap.modules
    ]
