"""Roadmaps as a client sees them.

What is read most is a Struct: made of a row and written as JSON in 40 % of the time of a dataclass.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import msgspec

from skillbridge.domain.ids import DomainId, ModuleId, ResourceId, RoadmapId, SkillId
from skillbridge.domain.level import Level
from skillbridge.domain.roadmaps.roadmap import Author, RoadmapStatus


class ModuleView(msgspec.Struct, frozen=True, kw_only=True):
    """`resources` are ids of `/v1/resources`, which a client keeps: they come once, not each time."""

    id: ModuleId
    title: str
    summary: str
    skill: SkillId
    minutes: int
    weight: int
    due_on: date
    prerequisites: Sequence[ModuleId] = ()
    resources: Sequence[ResourceId] = ()
    completed_at: datetime | None = None


class RoadmapSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A line in a list."""

    id: RoadmapId
    title: str
    domain: DomainId
    level: Level
    status: RoadmapStatus
    percent: int
    created_at: datetime
    updated_at: datetime


class RoadmapView(msgspec.Struct, frozen=True, kw_only=True):
    """`author` is `model` or `template`; `reason` says why the template stood in, or why it failed."""

    id: RoadmapId
    title: str
    goal: str
    domain: DomainId
    level: Level
    hours_per_week: int
    known: Sequence[SkillId]
    starts_on: date
    status: RoadmapStatus
    author: Author | None
    reason: str | None
    percent: int
    modules: Sequence[ModuleView]
    created_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationView:
    """How far the drawing of a roadmap is; `percent` is of the drawing, not of the learning.

    `reason` says why it waits, why the template stood in for the model, or why it failed.
    """

    roadmap_id: RoadmapId
    status: RoadmapStatus
    stage: str
    percent: int
    author: Author | None = None
    reason: str | None = None

    @classmethod
    def stored(
        cls,
        roadmap_id: RoadmapId,
        status: RoadmapStatus,
        author: Author | None = None,
        reason: str | None = None,
    ) -> "GenerationView":
        """As the roadmap has it, which knows nothing of what a worker told meanwhile."""
        over = status is not RoadmapStatus.DRAFTING
        return cls(
            roadmap_id=roadmap_id,
            status=status,
            stage=status.value if over else "waiting",
            percent=100 if over else 0,
            author=author,
            reason=reason,
        )
