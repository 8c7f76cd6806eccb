"""The matcher away, slow, lying or empty: a learner still gets the right answer, marked degraded."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.lying_matcher import LyingMatcher, http, lying_matcher
from tests.matcher_process import MatcherProcess, built
from tests.mentors import TENANT, ListedPool, a_mentor, a_need, user
from tests.patience import PATIENCE

from skillbridge.adapters.matcher.client import Endpoint, MatcherClient, MatcherGarbled, endpoint
from skillbridge.adapters.matcher.fallback import FallbackMatcher
from skillbridge.adapters.matcher.switch import TROUBLE, SwitchingMatcher
from skillbridge.adapters.matcher.sync import MatcherFeed
from skillbridge.adapters.matcher.wire import assign_body
from skillbridge.adapters.resilience import Breaker, BreakerState
from skillbridge.application.matching.ports import Snapshot, Source
from skillbridge.domain.matching.assignment import AssignMode, AssignOptions
from skillbridge.domain.matching.digest import pool_digest, written
from skillbridge.domain.matching.fairness import Group
from skillbridge.domain.matching.score import Weights, rank
from skillbridge.entrypoints.local import waiting

pytestmark = pytest.mark.row("G3")

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
    def at(cls, where: Endpoint, *, failures: int = 3, reset_after: float = 0.1) -> "Setup":
        pool = ListedPool.of(*MENTORS)
        pool.seals[len(MENTORS)] = DIGEST
        client = MatcherClient(where, timeout=0.3)
        breaker = Breaker("matcher", failures=failures, reset_after=reset_after, counts=TROUBLE)
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


@pytest.fixture
async def liar() -> AsyncIterator[LyingMatcher]:
    async with lying_matcher() as made:
        yield made


@pytest.fixture
async def setup(liar: LyingMatcher) -> AsyncIterator[Setup]:
    made = Setup.at(lambda: liar.url, failures=100)
    yield made
    await made.close()


@pytest.fixture
async def process() -> AsyncIterator[MatcherProcess]:
    made = MatcherProcess(await built())
    yield made
    await made.kill()


def said(number: int = 11, **changes: Any) -> dict[str, Any]:
    score = rank(NEED, [a_mentor(number)], 1)[0]
    return {"id": str(user(number)), "total": score.total, "terms": dict(score.terms)} | changes


def ranked(*suggestions: dict[str, Any]) -> bytes:
    return http(200, {"version": len(MENTORS), "digest": DIGEST, "suggestions": suggestions})


def told(score: Any) -> dict[str, Any]:
    return {"id": str(score.mentor_id), "total": score.total, "terms": dict(score.terms)}


HONEST = ranked(*map(told, TRUTH))
TERMS = said()["terms"]

LIES = {
    "nothing": b"",
    "no HTTP": b"\x00\xff garbage\r\n\r\n",
    "half an answer": HONEST[:-20],
    "no JSON": http(200, b"<html>"),
    "no UTF-8": http(200, b'{"suggestions": ["\xff"]}'),
    "another shape": http(200, {"suggestions": [1]}),
    "not a number": HONEST.replace(str(TRUTH[0].total).encode(), b"NaN ", 1),
    "a fraction": ranked(said(total=9000.5)),
    "an id that is none": ranked(said(id="mentor")),
    "terms that do not sum": ranked(said(total=said()["total"] - 1)),
    "a term above its weight": ranked(
        said(terms=TERMS | {"skill": 4_001}, total=said()["total"] + 4_001 - TERMS["skill"])
    ),
    "a term nobody knows": ranked(said(terms=TERMS | {"luck": 0})),
    "the wrong order": ranked(*map(told, reversed(TRUTH))),
    "a mentor twice": ranked(told(TRUTH[0]), told(TRUTH[0])),
    "more than asked for": ranked(*map(told, rank(NEED, MENTORS, 3))),
    "a mentor nobody knows": ranked(said(99)),
    "no version": http(200, {"digest": DIGEST, "suggestions": [*map(told, TRUTH)]}),
    "no digest": http(200, {"version": 3, "suggestions": [*map(told, TRUTH)]}),
    "a version that cannot be": http(
        200, {"version": -1, "digest": DIGEST, "suggestions": [*map(told, TRUTH)]}
    ),
    "a version too large to be": http(
        200, {"version": 1 << 63, "digest": DIGEST, "suggestions": [*map(told, TRUTH)]}
    ),
    "a version that nobody sealed": http(
        200, {"version": 1, "digest": DIGEST, "suggestions": [*map(told, TRUTH)]}
    ),
    "another digest": HONEST.replace(DIGEST.encode(), b"0" * 16),
    "a digest that is none": HONEST.replace(DIGEST.encode(), b"z" * 16),
    "nobody, and the version of the pool": http(
        200, {"version": len(MENTORS), "digest": written(pool_digest([])), "suggestions": []}
    ),
    "a blocked mentor": ranked(said(11, id=str(user(13)))),
    "far too much": http(200, b" " * (1 << 20) + b" "),
    "far too deep": http(200, b'{"x":%s%s}' % (b"[" * 100_000, b"]" * 100_000)),
    "not the gzip it says": HONEST.replace(b"\r\n", b"\r\ncontent-encoding: gzip\r\n", 1),
    "its own failure": http(500, b"oops"),
    "too busy": http(503, {"type": "/problems/busy"}),
    "a refusal": http(422, {"type": "/problems/invalid", "detail": "no"}),
    "a refusal in no words": http(404, b"gone"),
    "a gap where there is none": http(409, {"type": "/problems/version-gap"}),
    "a gap where none can be": http(409, {"type": "/problems/version-gap", "current": 3}),
    "somewhere else": http(302, b"{}"),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
async def test_no_lie_reaches_the_learner(liar: LyingMatcher, setup: Setup, lie: bytes) -> None:
    liar.reply = lambda _: lie
    assert await setup.degraded()
    liar.reply = lambda _: HONEST
    assert not await setup.degraded()


async def test_slow_is_away_also_byte_by_byte(liar: LyingMatcher, setup: Setup) -> None:
    liar.reply, liar.drip = lambda _: HONEST, 0.05
    async with asyncio.timeout(PATIENCE):
        assert await setup.degraded()


async def test_a_matcher_that_keeps_failing_is_left_alone_for_a_while(liar: LyingMatcher) -> None:
    setup = Setup.at(lambda: liar.url, failures=2, reset_after=0.2)
    for _ in range(6):
        assert await setup.degraded()
    assert len(liar.heard) == 2
    assert setup.breaker.state is BreakerState.OPEN
    liar.reply = lambda _: HONEST

    async def back() -> bool:
        return not await setup.degraded()

    await until(back)
    await setup.close()


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


COHORT_LIES = {
    "nothing": b"",
    "a learner missing": placed(pairs=[], objective=0, bound=0),
    "a learner invented": placed(without_place=[str(user(77))]),
    "a learner twice": placed(without_candidates=[str(NEED.learner_id)]),
    "a sum that is wrong": placed(objective=1, bound=1),
    "a bound below the sum": placed(optimal=False, bound=1),
    "a proof that proves nothing": placed(bound=TRUTH[0].total + 1),
    "an unknown mentor": placed(
        pairs=[{"learner_id": str(NEED.learner_id), "mentor": said(99)}],
        objective=said(99)["total"],
        bound=said(99)["total"],
    ),
    "a learner too many in the fairness": placed(fairness=FAIR | {"learners": 2}),
    "a country that nobody is of": placed(
        fairness=FAIR | {"by_country": [{"key": "KE", "learners": 1, "unassigned": 0}]}
    ),
    "a mean that is none": placed(fairness=FAIR | {"mean": 1}),
    "a mode that nobody knows": placed(answered_by="magic"),
    "an empty pool": http(404, {"type": "/problems/pool-unknown"}),
}


@pytest.mark.parametrize("lie", COHORT_LIES.values(), ids=COHORT_LIES.keys())
async def test_no_lie_reaches_a_cohort(liar: LyingMatcher, setup: Setup, lie: bytes) -> None:
    liar.reply = lambda line: lie if "/assign" in line else b""
    cohort = await setup.switch.assign(TENANT, [NEED])
    assert (cohort.degraded, cohort.source) == (True, Source.FALLBACK)
    assert [one.mentor for one in cohort.placements] == [TRUTH[0]]
    liar.reply = lambda _: placed()
    cohort = await setup.switch.assign(TENANT, [NEED])
    assert (cohort.degraded, cohort.optimal, cohort.source) == (False, True, Source.MATCHER)


async def test_what_a_matcher_tells_of_a_cohort_is_kept(liar: LyingMatcher, setup: Setup) -> None:
    told = {"answered_by": "greedy", "hurried": True, "scope": "pool", "rounds": 4}
    bound = TRUTH[0].total + 1
    setup.pool.seals[7] = DIGEST
    liar.reply = lambda _: placed(**told, optimal=False, bound=bound, blocking_pairs=2, version=7)
    cohort = await setup.switch.assign(TENANT, [NEED])
    assert (cohort.answered_by, cohort.hurried) == (AssignMode.GREEDY, True)
    assert (cohort.scope, cohort.rounds, cohort.blocking_pairs) == ("pool", 4, 2)
    assert (cohort.version, cohort.bound, cohort.gap_ppm) == (7, bound, -(-1_000_000 // bound))
    assert cohort.fairness.by_country == (Group("NG", 1, 0),)


async def test_only_what_is_asked_for_is_sent(liar: LyingMatcher, setup: Setup) -> None:
    assert json.loads(assign_body([NEED], AssignOptions())).keys() == {"needs", "mode"}
    weights = Weights(skill=5_000, availability=1_000)
    options = AssignOptions(
        mode=AssignMode.FAST, k=5, gap_ppm=0, weights=weights, deadline=timedelta(seconds=2)
    )
    sent = json.loads(assign_body([NEED], options))
    assert (sent["mode"], sent["k"], sent["gap_ppm"], sent["deadline_ms"]) == ("fast", 5, 0, 2_000)
    assert sent["weights"] == asdict(weights)
    liar.reply = lambda _: placed(answered_by="fast")
    fast = AssignOptions(mode=AssignMode.FAST)
    cohort = await setup.switch.assign(TENANT, [NEED], fast)
    assert (cohort.source, cohort.answered_by) == (Source.MATCHER, AssignMode.FAST)
    cohort = await setup.switch.assign(TENANT, [NEED], options)
    assert cohort.degraded, "a term above the weight that was asked for"


async def test_a_refill_that_fails_leaves_the_fallback(liar: LyingMatcher, setup: Setup) -> None:
    liar.reply = lambda line: (
        http(404, {"type": "/problems/pool-unknown"}) if "/rank" in line else b""
    )
    assert await setup.degraded()

    async def gave_up() -> bool:
        return sum("GET" in line for line in liar.heard) >= 3

    await until(gave_up)
    assert await setup.degraded()


async def test_kill_9_of_the_matcher_degrades_and_it_comes_back_refilled(
    process: MatcherProcess,
) -> None:
    await process.start()
    setup = Setup.at(lambda: process.url)

    async def served() -> bool:
        return not await setup.degraded()

    assert await setup.degraded(), "an empty matcher is filled in the background"
    await until(served)
    await process.kill()
    for _ in range(5):
        assert await setup.degraded()
    assert setup.breaker.state is not BreakerState.CLOSED
    await process.start()
    await until(served)
    assert (await setup.client.held(TENANT)).version == len(MENTORS)
    await setup.close()


async def test_a_matcher_that_appears_later_is_found_by_its_file(
    process: MatcherProcess, tmp_path: Path
) -> None:
    file = tmp_path / "matcher.url"
    setup = Setup.at(endpoint(None, file), failures=2, reset_after=0.05)
    for _ in range(3):
        assert await setup.degraded()
    await process.start()
    file.write_text(f"{process.url}\n", encoding="utf-8")

    async def served() -> bool:
        return not await setup.degraded()

    await until(served)
    await process.kill()
    process.port = 0
    await process.start()
    assert await setup.degraded()
    file.write_text(process.url, encoding="utf-8")
    await until(served)
    await setup.close()


async def test_sigterm_ends_the_matcher_in_good_order(process: MatcherProcess) -> None:
    await process.start()
    setup = Setup.at(lambda: process.url)
    await setup.degraded()
    assert await process.stop() == 0
    await setup.close()


async def served_by(setup: Setup, wanted: list[int]) -> bool:
    """Whether the matcher, not the fallback, names these mentors."""
    ranking = await setup.switch.rank(TENANT, NEED, 5)
    named = [score.mentor_id.int for score in ranking.suggestions]
    return ranking.source is Source.MATCHER and named == wanted


@pytest.mark.parametrize("forgotten", [False, True], ids=["a delta", "a snapshot"])
async def test_a_change_that_never_arrived_is_healed_by_the_next_question(
    process: MatcherProcess, *, forgotten: bool
) -> None:
    """Nobody pushes: the answer itself tells that the matcher lags; across the turn of a week, or
    when the history is gone, only a snapshot helps."""
    await process.start()
    setup = Setup.at(lambda: process.url)
    await MatcherFeed(setup.client, setup.pool).push(TENANT)
    assert await served_by(setup, [11, 12, 10])
    setup.pool.change(a_mentor(14))
    setup.pool.oldest = 4 if forgotten else 0
    assert await served_by(setup, [11, 12, 10]), "true a moment ago, and not degraded"
    await until(lambda: served_by(setup, [11, 14, 12, 10]))
    assert setup.pool.asked == (2 if forgotten else 1)
    assert (await setup.client.held(TENANT)).version == 4
    await setup.close()


PUSHES = {
    "a gap where none can be": lambda line: {"type": "/problems/version-gap", "current": 3},
    "no pool, though one was just sent": lambda line: {"type": "/problems/pool-unknown"},
}


@pytest.mark.parametrize("said", PUSHES.values(), ids=PUSHES.keys())
async def test_a_push_that_is_answered_with_nonsense_fails_in_our_words(
    liar: LyingMatcher, setup: Setup, said: Callable[[str], object]
) -> None:
    liar.reply = lambda line: http(404, said(line))
    with pytest.raises(MatcherGarbled, match="refused"):
        await setup.switch.feed.push(TENANT)


async def test_a_pool_that_a_stranger_emptied_is_told_apart_and_filled_again(
    process: MatcherProcess,
) -> None:
    """They name the present version, or one before, and bring nobody."""
    await process.start()
    setup, stranger = (
        Setup.at(lambda: process.url, failures=100),
        MatcherClient(lambda: process.url),
    )
    await setup.switch.feed.push(TENANT)
    assert await served_by(setup, [11, 12, 10])
    setup.pool.change(a_mentor(14))
    await setup.switch.feed.push(TENANT)
    for version in (4, 3, 1):
        await stranger.replace(TENANT, Snapshot(version, []))
        ranking = await setup.switch.rank(TENANT, NEED, 5)
        assert (ranking.degraded, len(ranking.suggestions)) == (True, 4)
        await until(lambda: served_by(setup, [11, 14, 12, 10]))
    await stranger.aclose()
    await setup.close()


async def test_a_stranger_is_not_let_in_and_whoever_has_another_secret_is_told_so(
    process: MatcherProcess,
) -> None:
    process.secret = "s" * 32
    await process.start()
    ours = MatcherClient(lambda: process.url, secret=process.secret, timeout=5)
    await MatcherFeed(ours, ListedPool.of(*MENTORS)).push(TENANT)
    for secret in ("", "s" * 31 + "t"):
        stranger = MatcherClient(lambda: process.url, secret=secret, timeout=5)
        with pytest.raises(MatcherGarbled, match="MATCHER_SECRET"):
            await stranger.replace(TENANT, Snapshot(3, []))
        with pytest.raises(MatcherGarbled, match="MATCHER_SECRET"):
            await stranger.rank(TENANT, NEED, 5)
        await stranger.aclose()
    assert (await ours.held(TENANT)).size == len(MENTORS)
    await ours.aclose()


async def test_a_matcher_that_makes_something_else_of_a_pool_is_not_believed(
    liar: LyingMatcher, setup: Setup
) -> None:
    liar.reply = lambda _: http(200, {"version": len(MENTORS), "size": 3, "digest": "0" * 16})
    with pytest.raises(MatcherGarbled, match="something else"):
        await setup.switch.feed.push(TENANT)
    assert [line.split()[0] for line in liar.heard] == ["GET", "PUT"]
