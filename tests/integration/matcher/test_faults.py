"""The matcher away, slow, lying or empty: a learner still gets the right answer, marked degraded."""

import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from tests.support.given.mentors import TENANT, ListedPool, a_mentor
from tests.support.matcher.lying_matcher import LyingMatcher, http, lying_matcher
from tests.support.matcher.matcher_process import MatcherProcess, built
from tests.support.matcher.matcher_words import (
    DIGEST,
    HONEST,
    MENTORS,
    NEED,
    TRUTH,
    Setup,
    placed,
    until,
)
from tests.support.timing.clock import Clock
from tests.support.timing.patience import PATIENCE

from skillbridge.adapters.matcher.client import MatcherClient, MatcherGarbled, matcher_url
from skillbridge.adapters.matcher.sync import MatcherFeed
from skillbridge.adapters.matcher.wire import assign_body
from skillbridge.adapters.resilience import BreakerState
from skillbridge.application.ranking.ports.pool import Snapshot
from skillbridge.application.ranking.ports.ranker import Source
from skillbridge.domain.cohorts.assignment import AssignMode, AssignOptions
from skillbridge.domain.cohorts.fairness import Group
from skillbridge.domain.errors import Invalid
from skillbridge.domain.ranking.score import Weights

pytestmark = pytest.mark.row("G3")


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


async def test_slow_is_away_also_byte_by_byte(liar: LyingMatcher) -> None:
    """No byte is late, the whole answer is."""
    setup = Setup.at(lambda: liar.url, timeout=0.3)
    liar.reply, liar.drip = lambda _: HONEST, 0.05
    with capture_logs() as logs:
        assert await setup.degraded()
    assert [line["reason"] for line in logs] == ["the matcher does not answer: TimeoutError()"]
    await setup.close()


async def test_a_matcher_that_keeps_failing_is_left_alone_for_a_while(liar: LyingMatcher) -> None:
    clock = Clock()
    setup = Setup.at(lambda: liar.url, failures=2, reset_after=5, clock=clock)
    for _ in range(6):
        assert await setup.degraded()
    assert len(liar.heard) == 2
    liar.reply = lambda _: HONEST
    clock.now += 4.9
    assert await setup.degraded()
    assert len(liar.heard) == 2
    clock.now += 0.1
    assert not await setup.degraded()
    await setup.close()


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


async def test_a_cohort_out_of_bounds_is_refused_before_the_matcher_is_asked(
    liar: LyingMatcher, setup: Setup
) -> None:
    liar.reply = lambda _: placed()
    with pytest.raises(Invalid, match="once"):
        await setup.switch.assign(TENANT, [NEED, NEED])
    assert liar.heard == []


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

    async def gave_up() -> bool:
        return any(line["event"] == "refill failed" for line in logs)

    with capture_logs() as logs:
        assert await setup.degraded()
        await until(gave_up)
    assert sum("GET" in line for line in liar.heard) == 3
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
    setup = Setup.at(matcher_url(None, file), failures=2, reset_after=0.05)
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
    "a gap where none can be": (
        {"type": "/problems/version-gap", "current": 3},
        r"refused out of place: VersionGap\(3\)",
    ),
    "no pool, though one was just sent": (
        {"type": "/problems/pool-unknown"},
        r"refused out of place: PoolUnknown",
    ),
}


@pytest.mark.parametrize(("said", "reason"), PUSHES.values(), ids=PUSHES.keys())
async def test_a_push_that_is_answered_with_nonsense_fails_in_our_words(
    liar: LyingMatcher, setup: Setup, said: object, reason: str
) -> None:
    liar.reply = lambda line: http(404, said)
    with pytest.raises(MatcherGarbled, match=reason):
        await setup.switch.feed.push(TENANT)


async def test_a_pool_that_a_stranger_emptied_is_told_apart_and_filled_again(
    process: MatcherProcess,
) -> None:
    """They name the present version, or one before and what it replaces, and bring nobody."""
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
        held = await stranger.held(TENANT)
        await stranger.replace(TENANT, Snapshot(version, []), held.digest)
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
    ours = MatcherClient(lambda: process.url, secret=process.secret, timeout=PATIENCE)
    await MatcherFeed(ours, ListedPool.of(*MENTORS)).push(TENANT)
    for secret in ("", "s" * 31 + "t"):
        stranger = MatcherClient(lambda: process.url, secret=secret, timeout=PATIENCE)
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
