"""The matcher killed under a stream of questions to the API: every learner gets their answer."""

import time
from collections.abc import AsyncIterator
from random import Random
from urllib.parse import parse_qsl, urlsplit

import asyncpg
import pytest
from tests.conftest import Urls
from tests.support.given.matching import MORNINGS, learner, mentor
from tests.support.given.world import World, postgres_world
from tests.support.matcher.matcher_process import MatcherProcess, built
from tests.support.matcher.meddling_proxy import (
    dripping,
    failing,
    from_elsewhere,
    honest,
    inflated,
    meddler,
    strangers,
    truncated,
    unparsable,
)
from tests.support.matcher.outage import PYTHON, Turn, asking, frozen, killed, started, thawed

from skillbridge.application.ranking.suggestions import SuggestMentors
from skillbridge.domain.actor import Actor

pytestmark = pytest.mark.row("G1", "G3", "L13")

PATH = f"/v1/mentors/suggestions?skills={PYTHON}&limit=5"


@pytest.fixture
async def world(urls: Urls, admin: asyncpg.Connection) -> AsyncIterator[World]:
    async with postgres_world(urls) as made:
        yield made


@pytest.fixture
async def process() -> AsyncIterator[MatcherProcess]:
    made = await MatcherProcess(await built()).start()
    yield made
    await made.kill()


async def five_mentors(world: World) -> None:
    for years in range(5):
        await mentor(
            world, years=years, skills={PYTHON: 3}, languages=("en",), availability=MORNINGS
        )


@pytest.mark.asvs("16.5.2")
@pytest.mark.parametrize(("away", "back"), [(killed, started), (frozen, thawed)])
async def test_a_matcher_that_goes_under_load_degrades_the_answers_until_it_is_back(
    world: World, urls: Urls, process: MatcherProcess, away: Turn, back: Turn
) -> None:
    await five_mentors(world)
    asks = await learner(world, languages=("en",), availability=MORNINGS)
    async with asking(world, urls, [(asks, PATH)], process.url) as stream:
        await stream.flows(20, degraded=False)
        gone = time.monotonic()
        await away(process)
        await stream.flows(30, degraded=True)
        returned = time.monotonic()
        await back(process)
        await stream.flows(20, degraded=False)
    answers = stream.answers
    assert {answer.status for answer in answers} == {200}
    assert all(answer.header == str(answer.degraded).lower() for answer in answers)
    assert {(answer.degraded, answer.source) for answer in answers} == {
        (False, "matcher"),
        (True, "fallback"),
    }
    assert len({answer.scores for answer in answers}) == 1, "the same scores, whoever answers"
    assert len(answers[0].scores) == 5
    meanwhile = [answer for answer in answers if gone < answer.at < returned]
    assert all(answer.degraded for answer in meanwhile[1:]), "the first may be from before"
    slowest = max(answer.took for answer in meanwhile)
    again = next(a.at for a in answers if a.at > returned and not a.degraded) - returned
    print(  # noqa: T201  figures of the measurement, seen with -s
        f"\n    matcher {away.__name__}: {len(meanwhile)} answers meanwhile, all 200, slowest "
        f"{slowest:.3f} s; it answers again {again:.2f} s after it was {back.__name__}"
    )


ASKED = 1_000
QUESTIONS = [
    f"/v1/mentors/suggestions?skills={skills}&limit={limit}"
    for skills in (PYTHON, "sql", f"{PYTHON},sql")
    for limit in (1, 5, 20)
]
LIES = (truncated, unparsable, strangers, inflated, from_elsewhere, failing, dripping)
ENOUGH = 25
"""Answers of the kind that a fault, or its end, must bring before the next."""


async def forty_mentors(world: World) -> None:
    dice = Random(1)
    for number in range(40):
        await mentor(
            world,
            capacity=dice.randint(1, 5),
            years=dice.randint(0, 12),
            country=dice.choice([None, "NG", "KE"]),
            skills={PYTHON: dice.randint(1, 5)} | ({"sql": 3} if number % 2 else {}),
            languages=("en",),
            availability=MORNINGS[: dice.randint(1, 5)],
        )


async def truths(world: World, questions: list[tuple[Actor, str]]) -> dict[str, object]:
    """What the fallback alone, behind no matcher, answers to each question."""
    found: dict[str, object] = {}
    for actor, path in questions:
        asked = dict(parse_qsl(urlsplit(path).query))
        answer = await world.do(
            SuggestMentors, actor, asked["skills"].split(","), int(asked["limit"])
        )
        assert (answer.source, answer.degraded) == ("fallback", False)
        found[path] = tuple(
            (str(one.mentor.id), one.total, tuple(sorted(one.terms.items())))
            for one in answer.items
        )
    return found


async def test_a_thousand_suggestions_while_the_matcher_dies_stops_and_lies(
    world: World, urls: Urls, process: MatcherProcess
) -> None:
    await forty_mentors(world)
    asks = await learner(world, languages=("en",), availability=MORNINGS, country="NG")
    questions = [(asks, path) for path in QUESTIONS]
    truth = await truths(world, questions)
    async with (
        meddler(process.port) as proxy,
        asking(world, urls, questions, proxy.url) as stream,
    ):
        await stream.flows(ENOUGH, degraded=False)
        while len(stream.answers) < ASKED:
            for away, back in ((killed, started), (frozen, thawed)):
                await away(process)
                await stream.flows(ENOUGH, degraded=True)
                await back(process)
                await stream.flows(ENOUGH, degraded=False)
            for lie in LIES:
                proxy.spoil = lie
                await stream.flows(ENOUGH, degraded=True)
                proxy.spoil = honest
                await stream.flows(ENOUGH, degraded=False)
        passed_on = proxy.passed_on
    answers = stream.answers
    assert len(answers) >= ASKED
    assert {answer.status for answer in answers} == {200}
    assert [one for one in answers if one.scores != truth[one.path]] == []
    assert all(one.header == str(one.degraded).lower() for one in answers)
    assert all(one.degraded == (one.source == "fallback") for one in answers)
    degraded = sum(answer.degraded for answer in answers)
    assert len(answers) - degraded <= passed_on, "no more than the matcher could have answered"
    slowest = max(answer.took for answer in answers)
    print(  # noqa: T201  figures of the measurement, seen with -s
        f"\n    {len(answers)} suggestions, none failed, {degraded} by the fallback and marked, "
        f"slowest {slowest:.3f} s"
    )
