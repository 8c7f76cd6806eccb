"""Roadmaps in a dictionary."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.existing import existing
from skillbridge.adapters.memory.store import MemorySession
from skillbridge.application.paging import Key, Page, PageRequest, cut
from skillbridge.application.roadmaps.ports import RoadmapReads, Roadmaps
from skillbridge.application.roadmaps.views import (
    GenerationView,
    ModuleView,
    RoadmapSummary,
    RoadmapView,
)
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import ModuleId, RoadmapId, UserId
from skillbridge.domain.roadmaps.brief import Brief
from skillbridge.domain.roadmaps.roadmap import Roadmap
from skillbridge.domain.unknown import UnknownRoadmap


@dataclass(frozen=True, slots=True)
class Row:
    """A roadmap with what else a reader wants to know of it."""

    roadmap: Roadmap
    created_at: datetime
    updated_at: datetime
    completed: Mapping[ModuleId, datetime]

    @property
    def key(self) -> Key:
        return Key(self.created_at, self.roadmap.id)

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
        self.session.table("roadmaps")[roadmap.id] = replace(roadmap, version=1)

    async def drafting_like(self, learner_id: UserId, brief: Brief) -> RoadmapId | None:
        alike = [
            _row(self.session, self.session.by, roadmap.id)
            for roadmap in self.session.table("roadmaps").values()
            if roadmap.learner_id == learner_id and roadmap.awaits(brief)
        ]
        return max(alike, key=lambda row: row.key).roadmap.id if alike else None

    async def get(self, roadmap_id: RoadmapId) -> Roadmap:
        return deepcopy(_row(self.session, self.session.by, roadmap_id).roadmap)

    async def save(self, roadmap: Roadmap) -> None:
        _row(self.session, self.session.by, roadmap.id)
        stale = "this roadmap changed meanwhile: read it again"
        self.session.save("roadmaps", roadmap.id, roadmap, stale)


@dataclass(frozen=True, slots=True)
class MemoryRoadmapReads:
    session: MemorySession

    async def one(self, actor: Actor, roadmap_id: RoadmapId) -> RoadmapView:
        return _view(_row(self.session, actor, roadmap_id))

    async def mine(self, actor: Actor, page: PageRequest[Key]) -> Page[RoadmapSummary, Key]:
        owned: Mapping[RoadmapId, Roadmap] = self.session.table("roadmaps", of=actor)
        found = (
            _summary(_row(self.session, actor, roadmap.id))
            for roadmap in owned.values()
            if roadmap.learner_id == actor.user_id
        )
        return cut(found, page, lambda summary: Key(summary.created_at, summary.id))

    async def generation(self, actor: Actor, roadmap_id: RoadmapId) -> GenerationView:
        roadmap = _row(self.session, actor, roadmap_id).roadmap
        return GenerationView.stored(roadmap_id, roadmap.status, roadmap.author, roadmap.reason)

    async def brief(self, actor: Actor, roadmap_id: RoadmapId) -> Brief:
        return _row(self.session, actor, roadmap_id).roadmap.brief


def _row(session: MemorySession, actor: Actor, roadmap_id: RoadmapId) -> Row:
    roadmaps = session.table("roadmaps", of=actor)
    roadmap: Roadmap = existing(roadmaps.get(roadmap_id), UnknownRoadmap)
    done = session.table("completions", of=actor)
    completed = {module: row.completed_at for (of, module), row in done.items() if of == roadmap_id}
    created_at, updated_at = roadmaps.raw("roadmap_times")[roadmap_id]
    return Row(roadmap, created_at, updated_at, completed)


def _summary(row: Row) -> RoadmapSummary:
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


def _view(row: Row) -> RoadmapView:
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


BINDINGS: Bindings = (
    Binding[Roadmaps](MemoryRoadmaps),
    Binding[RoadmapReads](MemoryRoadmapReads),
)
