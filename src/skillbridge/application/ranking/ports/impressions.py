"""What was shown, kept to learn from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from skillbridge.application.paging import Page, PageRequest
from skillbridge.application.ranking.ports.ranker import Option, Source
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import ImpressionListId, UserId
from skillbridge.domain.matching.match import MatchStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpressionList:
    """A list of suggestions as a learner saw it, the first at the top."""

    id: ImpressionListId
    at: datetime
    model: str
    source: Source
    degraded: bool
    options: tuple[Option, ...]


class ImpressionLog(Protocol):
    """Keeps what was shown, best effort: nobody waits for it, and it never raises."""

    def note(self, actor: Actor, impression_list: ImpressionList) -> None:
        """Keeps a list that was shown to `actor`, a little later."""

    async def settle(self) -> None:
        """Waits until what was noted so far is kept or given up."""


class Impressions(Protocol):
    async def forget(self, before: datetime, *, limit: int) -> int:
        """Deletes up to `limit` of the tenant's impressions from before; how many it were."""
        ...


ATTRIBUTED_WITHIN = timedelta(days=14)
"""A request later than this after an impression is not its doing."""


class Place(NamedTuple):
    """Where an impression stands among all of a tenant."""

    shown_at: datetime
    list_id: ImpressionListId
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PastImpression:
    """One mentor in one list that was shown, and what became of it."""

    place: Place
    learner_id: UserId
    mentor_id: UserId
    model: str
    source: str
    degraded: bool
    features: Mapping[str, int]
    outcome: MatchStatus | None
    """Of the request that the impression led to: the learner's first to this mentor since, in time,
    before the mentor was shown to them again."""


class ImpressionReads(Protocol):
    """Only the system reads impressions."""

    async def page(
        self, actor: Actor, since: datetime, until: datetime, page: PageRequest[Place]
    ) -> Page[PastImpression, Place]:
        """Of the actor's tenant, oldest first; a request counts if it came in time."""
        ...
