"""Authors that do as the test says, and briefs to give them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from tests.support.given.world import World
from tests.unit.roadmaps.examples import a_brief, a_module, an_outline

from skillbridge.application.roadmaps.drafting import DraftRoadmap, RequestRoadmap
from skillbridge.application.roadmaps.ports import AuthorUnavailable
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.roadmaps import RoadmapRequested
from skillbridge.domain.ids import ResourceId, RoadmapId
from skillbridge.domain.roadmaps.brief import Brief
from skillbridge.domain.roadmaps.outline import Outline
from skillbridge.domain.roadmaps.syllabus import Syllabus


@dataclass(frozen=True)
class Scripted:
    """Draws what it is told to draw, whatever the brief."""

    script: Callable[[], Outline]

    async def draft(self, brief: Brief, catalogue: Syllabus) -> Outline:
        return self.script()


def good() -> Outline:
    return an_outline()


def lying() -> Outline:
    """One resource of this path was never in the catalogue."""
    return an_outline(
        a_module("basics", resources=(ResourceId("made-up"),)), a_module("more"), a_module("most")
    )


def unavailable() -> Outline:
    raise AuthorUnavailable("the model is busy", retry_after=7)


def broken() -> Outline:
    """As a key with an unseen sign did."""
    "\u200b".encode("ascii")
    raise AssertionError


def mistaken() -> Outline:
    raise KeyError("a bug in the client")


async def asked_for(world: World, learner: Actor, brief: Brief | None = None) -> RoadmapId:
    """A roadmap that nobody has drawn yet."""
    roadmap_id: RoadmapId = (await world.do(RequestRoadmap, learner, brief or a_brief())).roadmap_id
    return roadmap_id


async def drawn_by(
    world: World, learner: Actor, roadmap_id: RoadmapId, script: Callable[[], Outline]
) -> None:
    event = RoadmapRequested(
        roadmap_id=roadmap_id, learner_id=learner.user_id, at=datetime.now(UTC)
    )
    async with world.scope(world.system()) as scope:
        draft = replace(await scope.get(DraftRoadmap), author=Scripted(script))
        await draft(world.system(), event)
