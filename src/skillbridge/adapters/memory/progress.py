"""Journeys in dictionaries: a roadmap, and when which of its modules was completed."""

from dataclasses import dataclass, replace
from datetime import datetime

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.memory.store import MemorySession
from skillbridge.application.progress.ports import JourneyReads, Journeys
from skillbridge.application.progress.views import Progress
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import RoadmapId, UserId
from skillbridge.domain.progress.journey import Journey, Step
from skillbridge.domain.unknown import UnknownRoadmap


@dataclass(frozen=True, slots=True)
class Completion:
    learner_id: UserId
    completed_at: datetime


@dataclass(frozen=True, slots=True)
class MemoryJourneys:
    session: MemorySession

    async def get(self, learner_id: UserId, roadmap_id: RoadmapId) -> Journey:
        return _journey(self.session, self.session.by, learner_id, roadmap_id)

    async def save(self, journey: Journey) -> None:
        roadmap = self.session.table("roadmaps")[journey.roadmap_id]
        stale = "this roadmap changed meanwhile; read it again"
        as_read = replace(roadmap, version=journey.version)
        self.session.save("roadmaps", journey.roadmap_id, as_read, stale)
        completions = self.session.table("completions")
        for step in journey.steps:
            completions.pop((journey.roadmap_id, step.id), None)
        for module_id, at in journey.completed.items():
            completions[journey.roadmap_id, module_id] = Completion(journey.learner_id, at)


@dataclass(frozen=True, slots=True)
class MemoryJourneyReads:
    session: MemorySession

    async def of(self, actor: Actor, roadmap_id: RoadmapId) -> Progress:
        return Progress.of(_journey(self.session, actor, actor.user_id, roadmap_id))


def _journey(
    session: MemorySession, actor: Actor, learner_id: UserId, roadmap_id: RoadmapId
) -> Journey:
    """The modules as the roadmap holds them, with the little that progress knows of each."""
    roadmap = session.table("roadmaps", of=actor).get(roadmap_id)
    if roadmap is None or roadmap.learner_id != learner_id:
        raise UnknownRoadmap
    completions = session.table("completions", of=actor)
    return Journey(
        learner_id=learner_id,
        roadmap_id=roadmap_id,
        status=roadmap.status.value,
        steps=tuple(
            Step(module.id, module.title, module.weight, tuple(module.prerequisites))
            for module in roadmap.modules
        ),
        completed={
            module: row.completed_at
            for (of, module), row in completions.items()
            if of == roadmap_id
        },
        version=roadmap.version,
    )


BINDINGS: Bindings = (
    Binding[Journeys](MemoryJourneys),
    Binding[JourneyReads](MemoryJourneyReads),
)
