"""What roadmaps need from outside."""

from typing import Protocol

from skillbridge.domain.errors import Unavailable
from skillbridge.domain.roadmaps.brief import Brief
from skillbridge.domain.roadmaps.outline import Outline
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
