"""What roadmaps need from outside."""

from typing import Protocol

from skillbridge.application.paging import Key, Page, PageRequest
from skillbridge.application.roadmaps.views import GenerationView, RoadmapSummary, RoadmapView
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Unavailable
from skillbridge.domain.ids import RoadmapId, UserId
from skillbridge.domain.roadmaps.brief import Brief
from skillbridge.domain.roadmaps.outline import Outline
from skillbridge.domain.roadmaps.roadmap import Roadmap
from skillbridge.domain.roadmaps.syllabus import Syllabus


class AuthorUnavailable(Unavailable):
    """The author cannot draw this roadmap now; the message is the reason."""


class RoadmapAuthor(Protocol):
    async def draft(self, brief: Brief, catalogue: Syllabus) -> Outline:
        """A sound outline for a brief, of the catalogue's resources only.

        May take a minute: hold no connection meanwhile. Raises AuthorUnavailable with the
        reason, and Invalid when the brief's domain is unknown.
        """
        ...


class Roadmaps(Protocol):
    """Used inside of a transaction."""

    async def add(self, roadmap: Roadmap) -> None: ...

    async def drafting_like(self, learner_id: UserId, brief: Brief) -> RoadmapId | None:
        """The learner's newest roadmap of an equal brief that is not drawn yet; None without one.

        Until the transaction ends nobody else is told for the same learner, so that the same
        wish sent twice at once cannot be kept twice.
        """
        ...

    async def get(self, roadmap_id: RoadmapId) -> Roadmap:
        """Locks it until the end of the transaction. Raises UnknownRoadmap."""
        ...

    async def save(self, roadmap: Roadmap) -> None:
        """Raises StaleWrite when someone else saved since `get`."""


class RoadmapReads(Protocol):
    async def one(self, actor: Actor, roadmap_id: RoadmapId) -> RoadmapView:
        """Raises UnknownRoadmap."""
        ...

    async def mine(self, actor: Actor, page: PageRequest[Key]) -> Page[RoadmapSummary, Key]:
        """The actor's own, newest first."""
        ...

    async def generation(self, actor: Actor, roadmap_id: RoadmapId) -> GenerationView:
        """As far as the database knows: drawn, drawing or failed. Raises UnknownRoadmap."""
        ...

    async def brief(self, actor: Actor, roadmap_id: RoadmapId) -> Brief:
        """What was asked for. Raises UnknownRoadmap."""
        ...
