"""What happens to roadmaps."""

from dataclasses import dataclass

from skillbridge.domain.events.event import Event
from skillbridge.domain.ids import RoadmapId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadmapRequested(Event):
    roadmap_id: RoadmapId
    learner_id: UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadmapReady(Event):
    roadmap_id: RoadmapId
    learner_id: UserId
    title: str
    author: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadmapFailed(Event):
    roadmap_id: RoadmapId
    learner_id: UserId
    reason: str
