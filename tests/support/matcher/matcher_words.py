"""A switch before a matcher, and what an honest matcher would say: the words that lies are made of."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from tests.support.given.mentors import TENANT, ListedPool, a_mentor, a_need, user
from tests.support.matcher.lying_matcher import http
from tests.support.timing.patience import PATIENCE

from skillbridge.adapters.matcher.client import MatcherClient, MatcherUrl
from skillbridge.adapters.matcher.fallback import FallbackMatcher
from skillbridge.adapters.matcher.switch import TROUBLE, SwitchingMatcher
from skillbridge.adapters.matcher.sync import MatcherFeed
from skillbridge.adapters.resilience import Breaker
from skillbridge.application.ranking.ports.ranker import Source
from skillbridge.domain.ranking.digest import pool_digest, written
from skillbridge.domain.ranking.score import rank
from skillbridge.local import waiting

MENTORS = (a_mentor(10, taken=1), a_mentor(11), a_mentor(12, experience_months=0))
NEED = a_need(blocked=frozenset({user(13)}))
TRUTH = rank(NEED, MENTORS, 2)
DIGEST = written(pool_digest(MENTORS))


@dataclass
class Setup:
    """A switch over a pool, with everything a test may look at."""

    pool: ListedPool
    breaker: Breaker
    switch: SwitchingMatcher
    client: MatcherClient

    @classmethod
    def at(
        cls,
        where: MatcherUrl,
        *,
        failures: int = 3,
        reset_after: float = 0.1,
        clock: Callable[[], float] = time.monotonic,
        timeout: float = PATIENCE,
    ) -> "Setup":
        pool = ListedPool.of(*MENTORS)
        pool.seals[len(MENTORS)] = DIGEST
        client = MatcherClient(where, timeout=timeout)
        breaker = Breaker(
            "matcher", failures=failures, reset_after=reset_after, counts=TROUBLE, clock=clock
        )
        feed = MatcherFeed(client, pool)
        switch = SwitchingMatcher(client, FallbackMatcher(pool), pool, feed, breaker)
        return cls(pool, breaker, switch, client)

    async def degraded(self) -> bool:
        """Ranks, checks that the answer is right whoever gave it."""
        ranking = await self.switch.rank(TENANT, NEED, 2)
        assert ranking.suggestions == TRUTH
        assert ranking.source is (Source.FALLBACK if ranking.degraded else Source.MATCHER)
        return ranking.degraded

    async def close(self) -> None:
        await self.switch.aclose()
        await self.client.aclose()


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Nothing tells when a process has recovered, so it is asked."""
    async with asyncio.timeout(PATIENCE):
        await waiting.until(holds, every=0.02)


def said(number: int = 11, **changes: Any) -> dict[str, Any]:
    score = rank(NEED, [a_mentor(number)], 1)[0]
    return {"id": str(user(number)), "total": score.total, "terms": dict(score.terms)} | changes


def ranked(*suggestions: dict[str, Any]) -> bytes:
    return http(200, {"version": len(MENTORS), "digest": DIGEST, "suggestions": suggestions})


def told(score: Any) -> dict[str, Any]:
    return {"id": str(score.mentor_id), "total": score.total, "terms": dict(score.terms)}


HONEST = ranked(*map(told, TRUTH))
TERMS = said()["terms"]


FAIR: dict[str, Any] = {
    "learners": 1,
    "unassigned": 0,
    "without_candidates": 0,
    "minimum": TRUTH[0].total,
    "fifth_percentile": TRUTH[0].total,
    "mean": TRUTH[0].total,
    "gini_score": 0,
    "gini_load": 0,
    "by_country": [{"key": NEED.country, "learners": 1, "unassigned": 0}],
    "by_language": [{"key": NEED.languages[0], "learners": 1, "unassigned": 0}],
}

UNPLACED = FAIR | {
    "unassigned": 1,
    "minimum": 0,
    "fifth_percentile": 0,
    "mean": 0,
    "by_country": [{"key": NEED.country, "learners": 1, "unassigned": 1}],
    "by_language": [{"key": NEED.languages[0], "learners": 1, "unassigned": 1}],
}
"""The same learner left without a place."""


def placed(**changes: Any) -> bytes:
    answer: dict[str, Any] = {
        "version": len(MENTORS),
        "digest": DIGEST,
        "optimal": True,
        "objective": TRUTH[0].total,
        "bound": TRUTH[0].total,
        "pairs": [{"learner_id": str(NEED.learner_id), "mentor": told(TRUTH[0])}],
        "without_candidates": [],
        "without_place": [],
        "answered_by": "optimal",
        "hurried": False,
        "scope": "lists",
        "rounds": 1,
        "blocking_pairs": 0,
        "fairness": FAIR,
    }
    return http(200, answer | changes)
