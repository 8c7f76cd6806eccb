"""Roadmaps in a dictionary."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from skillbridge.adapters.memory.store import MemorySession
from skillbridge.application.paging import Key
from skillbridge.application.roadmaps.ports import UnknownRoadmap
from skillbridge.application.roadmaps.views import (
    GenerationView,
    ModuleView,
    RoadmapSummary,
    RoadmapView,
)
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import StaleWrite
from skillbridge.domain.ids import ModuleId, RoadmapId
from skillbridge.domain.roadmaps.brief import Brief
from skillbridge.domain.roadmaps.roadmap import Roadmap, RoadmapStatus


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class RoadmapRow:
    """A roadmap with what the database adds to it; `completed` is the progress context's."""

    roadmap: Roadmap
    completed: dict[ModuleId, datetime] = field(default_factory=dict)
    created_at: datetime = field(default_factory=_now)
    updated_at: datetime = field(default_factory=_now)

    @property
    def percent(self) -> int:
        """As the database's trigger keeps it."""
        weights = {module.id: module.weight for module in self.roadmap.modules}
        done = sum(weight for module, weight in weights.items() if module in self.completed)
        return 100 * done // sum(weights.values()) if weights else 0


@dataclass(frozen=True, slots=True)
class MemoryRoadmaps:
    session: MemorySession

    async def add(self, roadmap: Roadmap) -> None:
        row = RoadmapRow(replace(deepcopy(roadmap), version=1))
        self.session.table("roadmaps")[roadmap.id] = row

    async def get(self, roadmap_id: RoadmapId) -> Roadmap:
        return deepcopy(_row(self.session, self.session.by, roadmap_id).roadmap)

    async def save(self, roadmap: Roadmap) -> None:
        row = _row(self.session, self.session.by, roadmap.id)
        if row.roadmap.version != roadmap.version:
            raise StaleWrite("this roadmap changed meanwhile: read it again")
        row.roadmap = replace(deepcopy(roadmap), version=roadmap.version + 1)
        row.updated_at = _now()


@dataclass(frozen=True, slots=True)
class MemoryRoadmapReads:
    session: MemorySession

    async def one(self, actor: Actor, roadmap_id: RoadmapId) -> RoadmapView:
        return _view(_row(self.session, actor, roadmap_id))

    async def mine(
        self, actor: Actor, *, after: Key | None, limit: int
    ) -> Sequence[RoadmapSummary]:
        rows: list[RoadmapRow] = [
            row
            for row in self.session.table("roadmaps", of=actor).values()
            if row.roadmap.learner_id == actor.user_id
        ]
        rows.sort(key=_key, reverse=True)
        return [_summary(row) for row in rows if after is None or _key(row) < after][: limit + 1]

    async def generation(self, actor: Actor, roadmap_id: RoadmapId) -> GenerationView:
        roadmap = _row(self.session, actor, roadmap_id).roadmap
        over = roadmap.status is not RoadmapStatus.DRAFTING
        return GenerationView(
            roadmap_id=roadmap_id,
            status=roadmap.status,
            stage=roadmap.status.value if over else "waiting",
            percent=100 if over else 0,
            author=roadmap.author,
            reason=roadmap.reason,
        )

    async def brief(self, actor: Actor, roadmap_id: RoadmapId) -> Brief:
        return _row(self.session, actor, roadmap_id).roadmap.brief


def _row(session: MemorySession, actor: Actor, roadmap_id: RoadmapId) -> RoadmapRow:
    row: RoadmapRow | None = session.table("roadmaps", of=actor).get(roadmap_id)
    if row is None or not session.sees(row.roadmap.learner_id, of=actor):
        raise UnknownRoadmap("there is no such roadmap among yours")
    return row


def _key(row: RoadmapRow) -> Key:
    return Key(row.created_at, row.roadmap.id)


def _summary(row: RoadmapRow) -> RoadmapSummary:
    roadmap = row.roadmap
    return RoadmapSummary(
        id=roadmap.id,
        title=roadmap.title,
        domain=roadmap.brief.domain,
        level=roadmap.brief.level,
        status=roadmap.status,
        percent=row.percent,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _view(row: RoadmapRow) -> RoadmapView:
    roadmap, due = row.roadmap, row.roadmap.due
    modules = [
        ModuleView(
            id=module.id,
            title=module.title,
            summary=module.summary,
            skill=module.skill,
            minutes=module.minutes,
            weight=module.weight,
            due_on=due[module.id],
            prerequisites=list(module.prerequisites),
            resources=list(module.resources),
            completed_at=row.completed.get(module.id),
        )
        for module in roadmap.modules
    ]
    return RoadmapView(
        id=roadmap.id,
        title=roadmap.title,
        goal=roadmap.brief.goal,
        domain=roadmap.brief.domain,
        level=roadmap.brief.level,
        hours_per_week=roadmap.brief.hours_per_week,
        known=sorted(roadmap.brief.known),
        starts_on=roadmap.starts_on,
        status=roadmap.status,
        author=roadmap.author,
        reason=roadmap.reason,
        percent=row.percent,
        modules=modules,
        created_at=row.created_at,
        updated_at=row.updated_at,
        version=roadmap.version,
    )
