"""What progress needs from outside."""

from typing import Protocol

from skillbridge.application.progress.views import Progress
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import RoadmapId, UserId
from skillbridge.domain.progress.journey import Journey


class Journeys(Protocol):
    """The learners' ways through their roadmaps."""

    async def get(self, learner_id: UserId, roadmap_id: RoadmapId) -> Journey:
        """Until the transaction ends, nobody else changes it. Raises UnknownRoadmap."""
        ...

    async def save(self, journey: Journey) -> None:
        """Raises StaleWrite when it was changed since it was read."""


class JourneyReads(Protocol):
    async def of(self, actor: Actor, roadmap_id: RoadmapId) -> Progress:
        """The actor's own progress. Raises UnknownRoadmap."""
        ...
