"""What happens on the way through a roadmap."""

from skillbridge.domain.events.event import Event, event
from skillbridge.domain.ids import ModuleId, RoadmapId, UserId


@event
class ModuleCompleted(Event):
    learner_id: UserId
    roadmap_id: RoadmapId
    module_id: ModuleId
    title: str
    percent: int


@event
class ModuleReopened(Event):
    learner_id: UserId
    roadmap_id: RoadmapId
    module_id: ModuleId
    percent: int


@event
class RoadmapCompleted(Event):
    learner_id: UserId
    roadmap_id: RoadmapId
