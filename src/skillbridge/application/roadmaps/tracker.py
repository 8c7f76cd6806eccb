"""How far the drawing of a roadmap is, told while it happens and kept for a few minutes."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from skillbridge.application.ports.cache import Cache
from skillbridge.application.ports.fanout import Fanout
from skillbridge.application.ports.processes import Part, Processes
from skillbridge.application.progress_channel import ProgressChannel
from skillbridge.application.roadmaps.ports import RoadmapReads
from skillbridge.application.roadmaps.views import GenerationView
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import RoadmapId
from skillbridge.domain.roadmaps.roadmap import Author, RoadmapStatus

NOBODY_DRAWS = "nobody is there to draw it now: no worker is running. It is kept, and is drawn when one is back"


@dataclass(frozen=True, slots=True)
class DraftTracker:
    """What is told may be lost; the database has the last word on whether a roadmap is there."""

    fanout: Fanout
    cache: Cache
    reads: RoadmapReads
    processes: Processes

    async def tell(self, view: GenerationView) -> None:
        """To whoever listens, and to whoever asks in the next minutes."""
        await self._channel(view.roadmap_id).tell(view)

    async def now(self, actor: Actor, roadmap_id: RoadmapId) -> GenerationView:
        """Raises UnknownRoadmap."""
        stored = await self.reads.generation(actor, roadmap_id)
        if not self.goes_on(stored):
            return stored
        return await self.honest(await self._channel(roadmap_id).told() or stored)

    async def honest(self, view: GenerationView) -> GenerationView:
        """Whoever waits is told when nobody is there to draw."""
        if not self.goes_on(view) or await self.processes.lives(Part.WORKER):
            return view
        return replace(view, reason=NOBODY_DRAWS)

    def follow(
        self, actor: Actor, roadmap_id: RoadmapId
    ) -> AsyncGenerator[GenerationView | None, None]:
        """Where it stands, then each step; ends when the roadmap is there or has failed.

        None when a while brought nothing.
        """
        return self._channel(roadmap_id).follow(
            lambda: self.now(actor, roadmap_id), goes_on=self.goes_on, how_far=_how_far
        )

    @staticmethod
    def goes_on(view: GenerationView) -> bool:
        """Whether there is anything left to follow."""
        return view.status is RoadmapStatus.DRAFTING

    def _channel(self, roadmap_id: RoadmapId) -> ProgressChannel[GenerationView]:
        return ProgressChannel(f"roadmap:{roadmap_id}:generation", self.fanout, self.cache, _view)


def _how_far(view: GenerationView) -> tuple[int, int]:
    return not DraftTracker.goes_on(view), view.percent


def _view(told: Mapping[str, Any]) -> GenerationView:
    return GenerationView(
        roadmap_id=RoadmapId(UUID(told["roadmap_id"])),
        status=RoadmapStatus(told["status"]),
        stage=told["stage"],
        percent=told["percent"],
        author=Author(told["author"]) if told["author"] else None,
        reason=told["reason"],
    )
