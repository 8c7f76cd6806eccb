"""Progress as a client sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from skillbridge.domain.ids import ModuleId, RoadmapId
from skillbridge.domain.progress.journey import Journey


@dataclass(frozen=True, slots=True)
class NextModule:
    id: ModuleId
    title: str


@dataclass(frozen=True, slots=True)
class Progress:
    """`percent` is of the weight, rounded down; `next` is open and has its prerequisites done."""

    roadmap_id: RoadmapId
    percent: int
    completed: Mapping[ModuleId, datetime]
    next: tuple[NextModule, ...]

    @classmethod
    def of(cls, journey: Journey) -> "Progress":
        return cls(
            journey.roadmap_id,
            journey.percent,
            dict(journey.completed),
            tuple(NextModule(step.id, step.title) for step in journey.next_steps),
        )
