"""What happens on the way through a roadmap."""

from dataclasses import dataclass

from skillbridge.domain.events.event import Event
from skillbridge.domain.ids import ModuleId, RoadmapId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleCompleted(Event):
    learner_id: UserId
    roadmap_id: RoadmapId
    module_id: ModuleId
    title: str
    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleReopened(Event):
    learner_id: UserId
    roadmap_id: RoadmapId
    module_id: ModuleId
    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadmapCompleted(Event):
    learner_id: UserId
    roadmap_id: RoadmapId
