"""Completing modules, and thinking better of it."""

from dataclasses import dataclass

from skillbridge.application.ports.clock import Clock
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.progress.ports import Journeys
from skillbridge.application.progress.views import Progress
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import ModuleId, RoadmapId


@dataclass(frozen=True, slots=True)
class CompleteModule:
    """A learner finishes a module of their roadmap; finishing it again changes nothing.

    Raises UnknownRoadmap, UnknownModule and RoadmapNotReady.
    """

    transaction: Transaction
    journeys: Journeys
    clock: Clock

    async def __call__(self, actor: Actor, roadmap_id: RoadmapId, module_id: ModuleId) -> Progress:
        async with self.transaction(actor) as tx:
            journey = await self.journeys.get(actor.user_id, roadmap_id)
            events = journey.complete(module_id, at=self.clock())
            if events:
                await self.journeys.save(journey)
                tx.emit(*events)
        return Progress.of(journey)


@dataclass(frozen=True, slots=True)
class UndoModule:
    """A learner opens a module again that they had completed; an open one stays open.

    Raises UnknownRoadmap, UnknownModule and RoadmapNotReady.
    """

    transaction: Transaction
    journeys: Journeys
    clock: Clock

    async def __call__(self, actor: Actor, roadmap_id: RoadmapId, module_id: ModuleId) -> Progress:
        async with self.transaction(actor) as tx:
            journey = await self.journeys.get(actor.user_id, roadmap_id)
            events = journey.undo(module_id, at=self.clock())
            if events:
                await self.journeys.save(journey)
                tx.emit(*events)
        return Progress.of(journey)
