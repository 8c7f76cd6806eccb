"""Completing modules, and thinking better of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from skillbridge.application.ports.clock import Clock
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.progress.ports import Journeys
from skillbridge.application.progress.views import Progress
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.event import Event
from skillbridge.domain.ids import ModuleId, RoadmapId
from skillbridge.domain.progress.journey import Journey


@dataclass(frozen=True, slots=True)
class _Step:
    """A step of a learner on their roadmap, by a verb of the journey; a second time changes nothing.

    Raises UnknownRoadmap, UnknownModule and RoadmapNotReady.
    """

    verb: ClassVar[Callable[..., tuple[Event, ...]]]
    transaction: Transaction
    journeys: Journeys
    clock: Clock

    async def __call__(self, actor: Actor, roadmap_id: RoadmapId, module_id: ModuleId) -> Progress:
        async with self.transaction(actor) as tx:
            journey = await self.journeys.get(actor.user_id, roadmap_id)
            if events := type(self).verb(journey, module_id, at=self.clock()):
                await self.journeys.save(journey)
                tx.emit(*events)
        return Progress.of(journey)


class CompleteModule(_Step):
    """A learner finishes a module of their roadmap."""

    verb = Journey.complete


class UndoModule(_Step):
    """A learner opens a module again that they had completed; an open one stays open."""

    verb = Journey.undo
