"""The matcher while it answers well, the fallback while it does not."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol, TypeVar

from structlog import get_logger

from skillbridge.adapters.matcher import verify
from skillbridge.adapters.matcher.client import (
    MatcherAway,
    MatcherClient,
    MatcherGarbled,
    NoMatcherYet,
    PoolUnknown,
)
from skillbridge.adapters.matcher.wire import AssignOut, RankOut
from skillbridge.adapters.resilience import Breaker, CircuitOpen
from skillbridge.application.cohorts.ports import Assigner, Assignment
from skillbridge.application.ranking.ports.pool import MentorPool, PoolFeed
from skillbridge.application.ranking.ports.ranker import Ranker, Ranking, Source
from skillbridge.domain.cohorts.assignment import USUALLY, AssignOptions, check_cohort
from skillbridge.domain.errors import Unavailable
from skillbridge.domain.ids import TenantId, UserId
from skillbridge.domain.ranking.need import Need
from skillbridge.domain.ranking.score import USUAL, Weights, check_length

log = get_logger(__name__)

T = TypeVar("T")
TROUBLE = (MatcherAway, MatcherGarbled)


class Matcher(Ranker, Assigner, Protocol):
    """Whoever answers both."""


@dataclass(slots=True)
class SwitchingMatcher:
    """Asks the matcher, checks its answer, and falls back when there is none to trust.

    A fallback answer is marked degraded. A matcher without the tenant's mentors, at another
    version than the pool's, or whose digest is not what was sealed of it, is refilled in the
    background, so that a change that never arrived and the turn of the week heal with the next
    question; one that fails is left alone by `breaker` and tried again after its rest.
    """

    client: MatcherClient
    fallback: Matcher
    pool: MentorPool
    feed: PoolFeed
    breaker: Breaker
    _refills: dict[TenantId, asyncio.Task[None]] = field(init=False, default_factory=dict)

    async def rank(
        self, tenant_id: TenantId, need: Need, k: int, weights: Weights = USUAL
    ) -> Ranking:
        """The `k` best, by whoever can answer."""
        check_length(k)
        answered = await self._answered(
            "ranking by the fallback", partial(self._ranked, tenant_id, need, k, weights)
        )
        if answered is not None:
            return answered
        return replace(await self.fallback.rank(tenant_id, need, k, weights), degraded=True)

    async def assign(
        self, tenant_id: TenantId, needs: Sequence[Need], options: AssignOptions = USUALLY
    ) -> Assignment:
        """A cohort shared, by whoever can answer; the fallback's way is mostly greedy."""
        check_cohort(needs)
        asked = partial(self._assigned, tenant_id, needs, options)
        if (answered := await self._answered("assigning by the fallback", asked)) is not None:
            return answered
        return replace(await self.fallback.assign(tenant_id, needs, options), degraded=True)

    async def aclose(self) -> None:
        """Gives up refills under way."""
        tasks = tuple(self._refills.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _answered(self, otherwise: str, ask: Callable[[], Awaitable[T | None]]) -> T | None:
        """None when there is no matcher to trust."""
        try:
            async with self.breaker:
                return await ask()
        except NoMatcherYet:
            return None
        except (*TROUBLE, CircuitOpen) as trouble:
            log.info(otherwise, reason=str(trouble))
            return None

    async def _ranked(
        self, tenant_id: TenantId, need: Need, k: int, weights: Weights
    ) -> Ranking | None:
        """None when the matcher is well but has no mentors of this tenant yet."""
        try:
            answer = await self.client.rank(tenant_id, need, k, weights)
        except PoolUnknown:
            self._refill(tenant_id)
            return None
        scores = verify.ranking(answer, need, k, weights)
        await self._check(tenant_id, answer, {score.mentor_id for score in scores})
        return Ranking(scores, degraded=False, source=Source.MATCHER)

    async def _assigned(
        self, tenant_id: TenantId, needs: Sequence[Need], options: AssignOptions
    ) -> Assignment | None:
        try:
            answer = await self.client.assign(tenant_id, needs, options)
        except PoolUnknown:
            self._refill(tenant_id)
            return None
        assignment = verify.assignment(answer, needs, options)
        mentors = {placement.mentor.mentor_id for placement in assignment.placements}
        await self._check(tenant_id, answer, mentors)
        return assignment

    async def _check(
        self, tenant_id: TenantId, answer: RankOut | AssignOut, mentors: set[UserId]
    ) -> None:
        """An answer from another version was true a moment ago: it counts, and the copy is healed.

        One from a pool that holds something else than that version did was never true.
        """
        version = answer.version
        known = await self.pool.known(tenant_id, sorted(mentors), version)
        if known.version != version:
            log.info("matcher lags", tenant_id=str(tenant_id), has=version, pool=known.version)
            self._refill(tenant_id)
        if known.digest is None:
            self._refill(tenant_id)
            raise MatcherGarbled("the matcher named a version that was never sent to it")
        if known.digest != answer.digest:
            self._refill(tenant_id)
            raise MatcherGarbled("the matcher holds other mentors than were sent to it")
        if known.mentors != mentors:
            self._refill(tenant_id)
            raise MatcherGarbled("the matcher named mentors who are not in the pool")

    def _refill(self, tenant_id: TenantId) -> None:
        if tenant_id in self._refills:
            return
        task = asyncio.create_task(self._push(tenant_id))
        self._refills[tenant_id] = task
        task.add_done_callback(lambda _: self._refills.pop(tenant_id, None))

    async def _push(self, tenant_id: TenantId) -> None:
        try:
            await self.feed.push(tenant_id)
        except Unavailable as trouble:
            log.warning("refill failed", tenant_id=str(tenant_id), reason=str(trouble))
