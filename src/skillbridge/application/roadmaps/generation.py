"""How far the drawing of a roadmap is, told while it happens and kept for a few minutes."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import UUID

from skillbridge.application.ports import Cache, Fanout
from skillbridge.application.roadmaps.ports import RoadmapReads
from skillbridge.application.roadmaps.views import GenerationView
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import RoadmapId
from skillbridge.domain.roadmaps.roadmap import Author, RoadmapStatus

KEPT = timedelta(minutes=10)
PATIENCE = 5.0
"""Seconds of silence after which the database is asked, and the line shown to be alive."""


@dataclass(frozen=True, slots=True)
class Generation:
    """What is told may be lost; the database has the last word on whether a roadmap is there."""

    fanout: Fanout
    cache: Cache
    reads: RoadmapReads

    async def tell(self, view: GenerationView) -> None:
        """To whoever listens, and to whoever asks in the next minutes."""
        message = json.dumps({**asdict(view), "roadmap_id": str(view.roadmap_id)}).encode()
        await self.cache.put(_topic(view.roadmap_id), message, ttl=KEPT)
        await self.fanout.publish(_topic(view.roadmap_id), message)

    async def now(self, actor: Actor, roadmap_id: RoadmapId) -> GenerationView:
        """Raises UnknownRoadmap."""
        stored = await self.reads.generation(actor, roadmap_id)
        if stored.status is not RoadmapStatus.DRAFTING:
            return stored
        told = await self.cache.get(_topic(roadmap_id))
        return _view(told) if told else stored

    async def follow(self, actor: Actor, roadmap_id: RoadmapId) -> AsyncIterator[GenerationView]:
        """Where it stands, then each step; ends when the roadmap is there or has failed.

        It never goes back: who has asked already knows more than a message on its way.
        """
        async with self.fanout.subscribe(_topic(roadmap_id)) as messages:
            view = await self.now(actor, roadmap_id)
            yield view
            heard = asyncio.ensure_future(anext(messages))
            try:
                while view.status is RoadmapStatus.DRAFTING:
                    await asyncio.wait({heard}, timeout=PATIENCE)
                    if heard.done():
                        told = _view(heard.result())
                        heard = asyncio.ensure_future(anext(messages))
                    else:
                        told = await self.now(actor, roadmap_id)
                    view = max(view, told, key=_how_far)
                    yield view
            finally:
                heard.cancel()


def _topic(roadmap_id: RoadmapId) -> str:
    return f"roadmap:{roadmap_id}:generation"


def _how_far(view: GenerationView) -> tuple[bool, int]:
    return view.status is not RoadmapStatus.DRAFTING, view.percent


def _view(message: bytes) -> GenerationView:
    told = json.loads(message)
    return GenerationView(
        roadmap_id=RoadmapId(UUID(told["roadmap_id"])),
        status=RoadmapStatus(told["status"]),
        stage=told["stage"],
        percent=told["percent"],
        author=Author(told["author"]) if told["author"] else None,
        reason=told["reason"],
    )
