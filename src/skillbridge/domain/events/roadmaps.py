"""What happens to roadmaps."""

from skillbridge.domain.events.event import Event, event
from skillbridge.domain.ids import RoadmapId, UserId


@event
class RoadmapRequested(Event):
    roadmap_id: RoadmapId
    learner_id: UserId


@event
class RoadmapReady(Event):
    roadmap_id: RoadmapId
    learner_id: UserId
    title: str
    author: str


@event
class RoadmapFailed(Event):
    roadmap_id: RoadmapId
    learner_id: UserId
    reason: str
