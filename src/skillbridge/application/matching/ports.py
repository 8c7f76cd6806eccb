"""What matching needs from outside."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from skillbridge.application.matching.views import MatchView, MentorCard
from skillbridge.application.paging import Key
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import MatchId, SkillId, UserId
from skillbridge.domain.matching.match import Match, MatchStatus, Side
from skillbridge.domain.matching.mentor import Mentor


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


class Matches(Protocol):
    """A match that is saved as active, or no longer so, moves the load of its mentor."""

    async def get(self, match_id: MatchId) -> Match:
        """Held until the transaction ends.

        Raises UnknownMatch when there is none, or when the actor is on neither side.
        """
        ...

    async def waiting_of(self, learner_id: UserId) -> int:
        """How many requests of this learner wait for an answer.

        Until the transaction ends nobody else is told a number for the same learner, so that two
        requests at once cannot both be the last one allowed.
        """
        ...

    async def overdue(self, at: datetime, *, limit: int) -> Sequence[Match]:
        """Requests whose time to answer is over, longest ago first, held; skips what is held."""
        ...

    async def add(self, match: Match) -> None:
        """Raises AlreadyAsked when the two have an open match."""

    async def save(self, match: Match) -> None:
        """Raises StaleWrite when someone else saved since, and MentorFull when there is no place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MentorSearch:
    """Every part that is given must hold. `text` is words from name, headline and bio."""

    text: str | None = None
    skill: SkillId | None = None
    language: str | None = None
    country: str | None = None
    free_only: bool = False
    """Only who accepts requests and has a free place."""


class MentorReads(Protocol):
    """Mentors who pause are seen by nobody but themselves and those who have a match with them."""

    async def search(
        self, actor: Actor, search: MentorSearch, *, after: Key | None, limit: int
    ) -> Sequence[MentorCard]:
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


class MatchReads(Protocol):
    async def mine(
        self,
        actor: Actor,
        *,
        side: Side | None,
        status: MatchStatus | None,
        after: Key | None,
        limit: int,
    ) -> Sequence[MatchView]:
        """The matches in which the actor is on `side`, or on either; newest request first."""
        ...

    async def one(self, actor: Actor, match_id: MatchId) -> MatchView:
        """Raises UnknownMatch, also when the actor is on neither side."""
        ...
