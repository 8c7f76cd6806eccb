"""Each lie of a matcher is true but for one thing, and is refused for that one."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import pytest
from structlog.testing import capture_logs
from tests.support.given.mentors import TENANT, user
from tests.support.matcher.lying_matcher import LyingMatcher, http, lying_matcher
from tests.support.matcher.matcher_words import (
    DIGEST,
    FAIR,
    HONEST,
    MENTORS,
    NEED,
    TERMS,
    TRUTH,
    UNPLACED,
    Setup,
    placed,
    ranked,
    said,
    told,
)

from skillbridge.application.ranking.ports.ranker import Source
from skillbridge.domain.ranking.digest import pool_digest, written
from skillbridge.domain.ranking.score import rank

pytestmark = pytest.mark.row("G3")

AWAY, UNREADABLE, NAMED = (
    "the matcher does not answer: ",
    "the matcher's answer cannot be read: ",
    "the matcher named ",
)
OTHERS = "the matcher holds other mentors than were sent to it"
BEST = TRUTH[0].total
LEARNER = str(NEED.learner_id)
ANSWER = {"version": len(MENTORS), "digest": DIGEST, "suggestions": [*map(told, TRUTH)]}


@pytest.fixture
async def liar() -> AsyncIterator[LyingMatcher]:
    async with lying_matcher() as made:
        yield made


@pytest.fixture
async def setup(liar: LyingMatcher) -> AsyncIterator[Setup]:
    made = Setup.at(lambda: liar.url, failures=1_000)
    yield made
    await made.close()


def body(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]


def less(mentor: dict[str, object]) -> dict[str, object]:
    """The same mentor once more, consistently a little worse."""
    return mentor | {"total": BEST - 1, "terms": TERMS | {"free": TERMS["free"] - 1}}


def without(name: str) -> bytes:
    return http(200, {key: value for key, value in ANSWER.items() if key != name})


def swollen() -> dict[str, Any]:
    """One term a point above its weight, another a point lower, so that the sum is right."""
    return {"terms": TERMS | {"skill": 4_001, "free": TERMS["free"] - 1}}


OF_A_SUGGESTION = {
    "terms that do not sum": (
        said(total=BEST - 1),
        f"{NAMED}terms that do not sum to the total",
    ),
    "a term above its weight": (said(**swollen()), f"{NAMED}a term above its weight"),
    "a blocked mentor": (said(id=str(user(13))), f"{NAMED}a mentor whom the learner excluded"),
    "a term nobody knows": (
        said(terms=TERMS | {"luck": 0}),
        f"{UNREADABLE}Object contains unknown field `luck`",
    ),
    "a term left out": (
        said(terms={name: points for name, points in TERMS.items() if name != "free"}),
        f"{UNREADABLE}Object missing required field `free`",
    ),
    "a fraction": (said(total=BEST + 0.5), f"{UNREADABLE}Expected `int`, got `float`"),
    "a number in words": (said(total=str(BEST)), f"{UNREADABLE}Expected `int`, got `str`"),
    "less than nothing": (
        said(terms=TERMS | {"rating": -1}),
        f"{UNREADABLE}Expected `int` >= 0",
    ),
    "an id that is none": (said(id="mentor"), f"{UNREADABLE}Invalid UUID"),
    "a mentor nobody knows": (said(99), f"{NAMED}mentors who are not in the pool"),
}
"""They hold of every place where a suggestion is named."""

LIES = {
    **{name: (ranked(lie), reason) for name, (lie, reason) in OF_A_SUGGESTION.items()},
    "nothing": (b"", f"{AWAY}RemoteProtocolError"),
    "no HTTP": (b"\x00\xff garbage\r\n\r\n", f"{AWAY}RemoteProtocolError"),
    "half an answer": (HONEST[:-20], f"{AWAY}RemoteProtocolError('peer closed connection"),
    "not the gzip it says": (
        HONEST.replace(b"\r\n", b"\r\ncontent-encoding: gzip\r\n", 1),
        f"{AWAY}DecodingError",
    ),
    "no JSON": (http(200, b"<html>"), f"{UNREADABLE}JSON is malformed"),
    "not a number": (
        HONEST.replace(str(BEST).encode(), b"NaN ", 1),
        f"{UNREADABLE}JSON is malformed",
    ),
    "no UTF-8": (http(200, b'{"suggestions": ["\xff"]}'), UNREADABLE),
    "another shape": (
        http(200, ANSWER | {"suggestions": [1]}),
        f"{UNREADABLE}Expected `object`, got `int`",
    ),
    "far too deep": (
        http(200, b'%s,"x":%s%s}' % (body(HONEST)[:-1], b"[" * 100_000, b"]" * 100_000)),
        f"{UNREADABLE}maximum recursion depth exceeded",
    ),
    "far too much": (
        http(200, body(HONEST).ljust((1 << 20) + 1)),
        "the matcher's answer is too long",
    ),
    "the wrong order": (ranked(*map(told, reversed(TRUTH))), f"{NAMED}mentors out of order"),
    "a mentor twice": (ranked(said(), less(said())), f"{NAMED}a mentor twice"),
    "more than asked for": (
        ranked(*map(told, rank(NEED, MENTORS, 3))),
        f"{NAMED}more mentors than asked for",
    ),
    "no version": (without("version"), f"{UNREADABLE}Object missing required field `version`"),
    "no digest": (without("digest"), f"{UNREADABLE}Object missing required field `digest`"),
    "a version that cannot be": (
        http(200, ANSWER | {"version": -1}),
        f"{UNREADABLE}Expected `int` >= 0",
    ),
    "a version too large to be": (
        http(200, ANSWER | {"version": (1 << 53) + 1}),
        f"{UNREADABLE}Expected `int` <= ",
    ),
    "a version that nobody sealed": (
        http(200, ANSWER | {"version": 1}),
        f"{NAMED}a version that was never sent to it",
    ),
    "another digest": (http(200, ANSWER | {"digest": "0" * 16}), OTHERS),
    "nobody, and the version of the pool": (
        http(200, ANSWER | {"digest": written(pool_digest([])), "suggestions": []}),
        OTHERS,
    ),
    "a digest that is none": (
        http(200, ANSWER | {"digest": "z" * 16}),
        f"{UNREADABLE}Expected `str` matching regex",
    ),
    "its own failure": (http(500, ANSWER), "the matcher cannot work now: status 500"),
    "too busy": (http(503, {"type": "/problems/busy"}), "the matcher cannot work now: status 503"),
    "a refusal": (
        http(422, {"type": "/problems/invalid", "detail": "no"}),
        "the matcher refused with status 422: no",
    ),
    "a refusal in no words": (http(404, b"gone"), f"{UNREADABLE}JSON is malformed"),
    "a stranger's answer": (http(401, {}), "the matcher wants another MATCHER_SECRET"),
    "a gap where there is none": (
        http(409, {"type": "/problems/version-gap"}),
        "the matcher refused with status 409",
    ),
    "a gap where none can be": (
        http(409, {"type": "/problems/version-gap", "current": 3}),
        "the matcher refused out of place: VersionGap(3)",
    ),
    "somewhere else": (http(302, ANSWER), "the matcher refused with status 302"),
}


@pytest.mark.parametrize(("lie", "reason"), LIES.values(), ids=LIES.keys())
async def test_no_lie_reaches_the_learner(
    liar: LyingMatcher, setup: Setup, lie: bytes, reason: str
) -> None:
    liar.reply = lambda _: lie
    with capture_logs() as logs:
        assert await setup.degraded()
    assert refusals(logs, "ranking by the fallback").startswith(reason)
    liar.reply = lambda _: HONEST
    assert not await setup.degraded()


def refusals(logs: Sequence[Mapping[str, object]], event: str) -> str:
    """The one reason why the matcher was not believed."""
    (reason,) = [line["reason"] for line in logs if line["event"] == event]
    return str(reason)


def paired(mentor: dict[str, object], learner: str = LEARNER) -> bytes:
    """The cohort with this mentor in the pair, all sums being right."""
    total = mentor["total"]
    fair = FAIR | {"minimum": total, "fifth_percentile": total, "mean": total}
    pairs = [{"learner_id": learner, "mentor": mentor}]
    return placed(pairs=pairs, objective=total, bound=total, fairness=fair)


LEARNERS = f"{NAMED}learners missing or invented"
UNFAIR = f"{NAMED}a fairness that was not"
NOBODY = {"pairs": [], "objective": 0, "bound": 0, "fairness": UNPLACED}

COHORT_LIES = {
    **{name: (paired(lie), reason) for name, (lie, reason) in OF_A_SUGGESTION.items()},
    "nothing": (b"", f"{AWAY}RemoteProtocolError"),
    "a learner missing": (placed(**NOBODY), LEARNERS),
    "a learner invented": (placed(without_place=[str(user(77))]), LEARNERS),
    "a learner in another's place": (
        placed(**NOBODY, without_place=[str(user(77))]),
        LEARNERS,
    ),
    "a learner twice": (
        placed(without_candidates=[LEARNER], fairness=FAIR | {"without_candidates": 1}),
        LEARNERS,
    ),
    "a sum that is too small": (
        placed(objective=BEST - 1),
        f"{NAMED}a sum that does not add up",
    ),
    "a sum that is too large": (
        placed(objective=BEST + 1, bound=BEST + 1, optimal=False),
        f"{NAMED}a sum that does not add up",
    ),
    "a bound below the sum": (
        placed(optimal=False, bound=BEST - 1),
        f"{NAMED}a bound below its own sum",
    ),
    "a proof that proves nothing": (
        placed(bound=BEST + 1),
        f"{NAMED}a proof that proves nothing",
    ),
    **{
        f"a fairness with another {name}": (placed(fairness=FAIR | {name: other}), UNFAIR)
        for name, other in {
            "learners": 2,
            "unassigned": 1,
            "without_candidates": 1,
            "minimum": 1,
            "fifth_percentile": 1,
            "mean": 1,
            "gini_score": 1,
            "by_country": [{"key": "KE", "learners": 1, "unassigned": 0}],
            "by_language": [],
        }.items()
    },
    "a version that nobody sealed": (
        placed(version=1),
        f"{NAMED}a version that was never sent to it",
    ),
    "another digest": (placed(digest="0" * 16), OTHERS),
    "a mode that nobody knows": (
        placed(answered_by="magic"),
        f"{UNREADABLE}Invalid enum value 'magic'",
    ),
    "a scope that nobody knows": (
        placed(scope="town"),
        f"{UNREADABLE}Invalid enum value 'town'",
    ),
    "far too much": (
        http(200, body(placed()).ljust((64 << 20) + 1)),
        "the matcher's answer is too long",
    ),
}


@pytest.mark.parametrize(("lie", "reason"), COHORT_LIES.values(), ids=COHORT_LIES.keys())
async def test_no_lie_reaches_a_cohort(
    liar: LyingMatcher, setup: Setup, lie: bytes, reason: str
) -> None:
    liar.reply = lambda line: lie if "/assign" in line else b""
    with capture_logs() as logs:
        cohort = await setup.switch.assign(TENANT, [NEED])
    assert refusals(logs, "assigning by the fallback").startswith(reason)
    assert (cohort.degraded, cohort.source) == (True, Source.FALLBACK)
    assert [one.mentor for one in cohort.placements] == [TRUTH[0]]
    liar.reply = lambda _: placed()
    cohort = await setup.switch.assign(TENANT, [NEED])
    assert (cohort.degraded, cohort.optimal, cohort.source) == (False, True, Source.MATCHER)


async def test_that_a_matcher_holds_no_mentors_yet_is_no_lie(
    liar: LyingMatcher, setup: Setup
) -> None:
    liar.reply = lambda _: http(404, {"type": "/problems/pool-unknown"})
    with capture_logs() as logs:
        assert await setup.degraded()
        assert (await setup.switch.assign(TENANT, [NEED])).degraded
    assert {"ranking by the fallback", "assigning by the fallback"}.isdisjoint(
        line["event"] for line in logs
    )
