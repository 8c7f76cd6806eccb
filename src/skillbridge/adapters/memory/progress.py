"""Journeys in dictionaries: a roadmap, and when which of its modules was completed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from skillbridge.adapters.memory.store import MemorySession
from skillbridge.application.progress.views import Progress
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import StaleWrite
from skillbridge.domain.ids import ModuleId, RoadmapId, UserId
from skillbridge.domain.progress.journey import Journey, Step, UnknownRoadmap


@dataclass(frozen=True, slots=True)
class MemoryJourneys:
    session: MemorySession

    async def get(self, learner_id: UserId, roadmap_id: RoadmapId) -> Journey:
        roadmap = self.session.table("roadmaps").get(roadmap_id)
        if roadmap is None or not self.session.sees(roadmap.learner_id):
            raise UnknownRoadmap("there is no such roadmap")
        return _journey(learner_id, roadmap, self.session.table("completions"))

    async def save(self, journey: Journey) -> None:
        roadmap = self.session.table("roadmaps")[journey.roadmap_id]
        if roadmap.version != journey.version:
            raise StaleWrite("this roadmap changed meanwhile; read it again")
        roadmap.version += 1
        completions = self.session.table("completions")
        for step in journey.steps:
            completions.pop((journey.roadmap_id, step.id), None)
        for module_id, at in journey.completed.items():
            completions[journey.roadmap_id, module_id] = at


@dataclass(frozen=True, slots=True)
class MemoryJourneyReads:
    session: MemorySession

    async def of(self, actor: Actor, roadmap_id: RoadmapId) -> Progress:
        roadmap = self.session.table("roadmaps", of=actor).get(roadmap_id)
        if roadmap is None or roadmap.learner_id != actor.user_id:
            raise UnknownRoadmap("there is no such roadmap")
        completions = self.session.table("completions", of=actor)
        return Progress.of(_journey(actor.user_id, roadmap, completions))


def _journey(
    learner_id: UserId,
    roadmap: Any,
    completions: Mapping[tuple[RoadmapId, ModuleId], datetime],
) -> Journey:
    """The modules as the roadmap holds them, with the little that progress knows of each."""
    if roadmap.learner_id != learner_id:
        raise UnknownRoadmap("there is no such roadmap")
    steps = tuple(
        Step(module.id, module.title, module.weight, tuple(module.prerequisites))
        for module in roadmap.modules
    )
    return Journey(
        learner_id=learner_id,
        roadmap_id=roadmap.id,
        status=roadmap.status.value,
        steps=steps,
        completed={module: at for (of, module), at in completions.items() if of == roadmap.id},
        version=roadmap.version,
    )
