"""What matching needs from outside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from skillbridge.application.matching.views import MatchView
from skillbridge.application.paging import Key, Page, PageRequest
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import MatchId, UserId
from skillbridge.domain.matching.match import Match, MatchStatus, Side
from skillbridge.domain.matching.pair_status import PairStatus


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

    async def open_between(self, learner_id: UserId, mentor_id: UserId) -> MatchId | None:
        """The one match of these two that waits for an answer or is active; None without one."""
        ...

    async def pair_status(self, learner_id: UserId, mentor_id: UserId) -> PairStatus:
        """What stands between the two now; only for the system.

        Until the transaction ends nobody else is told for the same learner.
        """
        ...

    async def overdue(self, at: datetime, *, limit: int) -> Sequence[Match]:
        """Requests whose time to answer is over, longest ago first, held; skips what is held."""
        ...

    async def open_of(self, user_id: UserId) -> Sequence[Match]:
        """Those that wait or last, in which this person is on either side, held; only for the system."""
        ...

    async def add(self, match: Match) -> None:
        """Raises StaleWrite when the two have an open match by now."""

    async def save(self, match: Match) -> None:
        """Raises StaleWrite when someone else saved since, and MentorFull when there is no place."""


class MatchReads(Protocol):
    async def mine(
        self, actor: Actor, page: PageRequest[Key], *, side: Side | None, status: MatchStatus | None
    ) -> Page[MatchView, Key]:
        """The matches in which the actor is on `side`, or on either; newest request first."""
        ...

    async def one(self, actor: Actor, match_id: MatchId) -> MatchView:
        """Raises UnknownMatch, also when the actor is on neither side."""
        ...
