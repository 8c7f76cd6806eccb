"""Who ranks mentors for a learner."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import TenantId, UserId
from skillbridge.domain.ranking.learner import Learner
from skillbridge.domain.ranking.need import Need
from skillbridge.domain.ranking.score import USUAL, Score, Weights


class Learners(Protocol):
    async def learner(self, actor: Actor) -> Learner:
        """The actor as a learner, from their profile, roadmaps and matches.

        Raises UnknownLearner when they have no profile.
        """
        ...

    def unmatched(
        self, actor: Actor, among: Sequence[UserId] | None = None
    ) -> AsyncIterator[Sequence[Learner]]:
        """Learners of the tenant who neither are with a mentor nor wait for one's answer.

        With a verified address, a profile and an open module in a roadmap; all of them, or those
        `among` these; in batches. Only for the system.
        """
        ...


class Source(StrEnum):
    """Who answered."""

    MATCHER = "matcher"
    FALLBACK = "fallback"


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best mentors first. Degraded: the matcher should have answered and could not."""

    suggestions: tuple[Score, ...]
    degraded: bool
    source: Source


class Ranker(Protocol):
    """Ranks by the rules of `domain.ranking.score`; always answers.

    Raises Invalid for a question out of bounds, before anyone is asked.
    """

    async def rank(
        self, tenant_id: TenantId, need: Need, k: int, weights: Weights = USUAL
    ) -> Ranking:
        """The `k` (1 to 100) best mentors for one learner, by these weights."""
        ...


class Option(NamedTuple):
    """A mentor whom the hard rules let through, and what a model may know: see `features`."""

    mentor_id: UserId
    features: Mapping[str, int]


class RankingContext(NamedTuple):
    """When somebody asks, for how many mentors, and who ranked them."""

    at: datetime
    limit: int
    degraded: bool


class RankedList(NamedTuple):
    """Mentors as they are to be shown, and the model that said so."""

    mentors: tuple[UserId, ...]
    model: str


BASE = "base"
"""The model that is none: the order of the totals."""


class ReRanker(Protocol):
    """Puts what the rules rank into another order; it adds nobody and leaves nobody out.

    Never raises and answers in bounded time: a model that is slow, fails or says something else
    leaves the base order, which only the log tells.
    """

    def reach(self, limit: int) -> int:
        """How many of the best (at most 100) it wants to choose `limit` from."""
        ...

    async def order(
        self, need: Need, options: Sequence[Option], context: RankingContext
    ) -> RankedList:
        """All of `options`, which come in the base order."""
        ...
