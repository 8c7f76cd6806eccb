"""No model, or one that is not trusted: what it says is checked and waited for briefly."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from structlog import get_logger

from skillbridge.adapters.resilience import Breaker
from skillbridge.application.outages import Outage
from skillbridge.application.ranking.ports.ranker import BASE, Option, RankedList, RankingContext
from skillbridge.domain.ids import UserId
from skillbridge.domain.ranking.need import Need
from skillbridge.domain.ranking.score import MOST_RANKED

log = get_logger(__name__)

PATIENCE = 0.05
"""Seconds that a learner waits for a model."""
DEPTH = 50
"""How many of the best a model chooses from: whoever ranks lower by the rules stays there."""


class Model(Protocol):
    """May block and may raise; runs in a thread."""

    @property
    def name(self) -> str:
        """The version, as it is logged."""
        ...

    def __call__(
        self, need: Need, options: Sequence[Option], context: RankingContext
    ) -> Sequence[UserId]:
        """The mentors of `options`, each once, best first."""
        ...


class NotAnOrder(Exception):
    """A model left mentors out, invented some, or named one twice."""


@dataclass(frozen=True, slots=True)
class BaseOrder:
    """No model: as the rules rank."""

    def reach(self, limit: int) -> int:
        """Nobody beyond those who are shown."""
        return limit

    async def order(
        self,
        need: Need,  # noqa: ARG002  the order is theirs
        options: Sequence[Option],
        context: RankingContext,  # noqa: ARG002  same
    ) -> RankedList:
        """As they come."""
        return _base(options)


@dataclass(frozen=True, slots=True)
class BoundedReRanker:
    """Asks a model and serves the base order when it is slow, fails or adds and loses mentors.

    After some failures in a row `breaker` leaves the model alone for a while, so that a model that
    hangs holds few threads.
    """

    model: Model
    breaker: Breaker
    within: float = PATIENCE
    depth: int = DEPTH
    _outage: Outage = field(init=False, default_factory=Outage)

    def reach(self, limit: int) -> int:
        """The best `depth`, or as many as are shown."""
        return max(limit, min(self.depth, MOST_RANKED))

    async def order(
        self, need: Need, options: Sequence[Option], context: RankingContext
    ) -> RankedList:
        """What the model says, or the base order."""
        try:
            async with self.breaker:
                order = await self._asked(need, options, context)
        except Exception as trouble:  # noqa: BLE001  no model's failure may be a learner's
            if self._outage.begins():
                log.warning("base order served", model=self.model.name, reason=repr(trouble))
            return _base(options)
        if tries := self._outage.ends():
            log.info("model orders again", model=self.model.name, tries=tries)
        return order

    async def _asked(
        self, need: Need, options: Sequence[Option], context: RankingContext
    ) -> RankedList:
        async with asyncio.timeout(self.within):
            said = await asyncio.to_thread(self.model, need, options, context)
        if sorted(said) != sorted(option.mentor_id for option in options):
            raise NotAnOrder(f"{len(options)} mentors in, other {len(said)} out")
        return RankedList(tuple(said), self.model.name)


def _base(options: Sequence[Option]) -> RankedList:
    return RankedList(tuple(option.mentor_id for option in options), BASE)
