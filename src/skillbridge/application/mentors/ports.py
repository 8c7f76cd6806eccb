"""What mentors need from outside."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from skillbridge.application.mentors.views import MentorCard
from skillbridge.application.paging import Key, Page, PageRequest
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import SkillId, UserId
from skillbridge.domain.mentors.mentor import Mentor
from skillbridge.domain.text import Text, UnfitText


class UnfitSearch(UnfitText):
    """A search has 200 letters at most."""


SEARCH = Text(what="a search", refusal=UnfitSearch, most=200)


class Mentors(Protocol):
    async def find(self, user_id: UserId) -> Mentor | None:
        """Held until the transaction ends; only the mentor and the system can hold one."""
        ...

    async def look_up(self, user_id: UserId) -> Mentor | None:
        """As they are at this moment, not held."""
        ...

    async def add(self, mentor: Mentor) -> None:
        """Makes the user a mentor too. Raises Conflict when they were added meanwhile."""

    async def save(self, mentor: Mentor) -> None:
        """Saves the offer; the load and the ratings follow from matches and reviews.

        Raises StaleWrite when someone else saved since.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class MentorSearch:
    """Every part that is given must hold. `text` is words from name, headline and bio."""

    text: str | None = None
    skill: SkillId | None = None
    language: str | None = None
    country: str | None = None
    free_only: bool = False
    """Only who accepts requests and has a free place."""

    def __post_init__(self) -> None:
        """Raises UnfitSearch."""
        if self.text is not None:
            object.__setattr__(self, "text", SEARCH(self.text, "q"))


class MentorReads(Protocol):
    """Mentors who pause are seen by nobody but themselves and those who have a match with them."""

    async def search(
        self, actor: Actor, search: MentorSearch, page: PageRequest[Key]
    ) -> Page[MentorCard, Key]:
        """Newest mentor first, by (since, id)."""
        ...

    async def one(self, actor: Actor, mentor_id: UserId) -> MentorCard:
        """Raises UnknownMentor."""
        ...

    async def several(
        self, actor: Actor, mentor_ids: Collection[UserId]
    ) -> Mapping[UserId, MentorCard]:
        """Those of them that the actor may see."""
        ...

    async def own(self, actor: Actor) -> Mentor | None:
        """What the actor offers; None before the first offer."""
        ...
