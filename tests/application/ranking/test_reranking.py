"""From lists that were shown to a model that orders the next ones."""

import json
from collections.abc import Sequence
from math import exp
from pathlib import Path

import pytest
from tests.support.given.matching import MORNINGS, learner, mentor
from tests.support.given.world import World

from skillbridge.adapters.reranking.bounds import BoundedReRanker
from skillbridge.adapters.reranking.linear import LinearModel
from skillbridge.adapters.resilience import Breaker
from skillbridge.application.known_tenants import KnownTenants
from skillbridge.application.matching.matches import RequestMatch
from skillbridge.application.mentors.ports import MentorReads
from skillbridge.application.ports.clock import Clock
from skillbridge.application.ports.rate_limit import RateLimit
from skillbridge.application.ranking.features import FEATURES
from skillbridge.application.ranking.impressions import Example, ExportExamples
from skillbridge.application.ranking.ports.impressions import ImpressionLog
from skillbridge.application.ranking.ports.ranker import (
    Learners,
    Option,
    Ranker,
    RankingContext,
    ReRanker,
)
from skillbridge.application.ranking.suggestions import SuggestMentors
from skillbridge.application.ranking.views import Suggestions
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import SkillId, UserId
from skillbridge.domain.ranking.need import Need

pytestmark = pytest.mark.row("G8", "A9")

PYTHON = SkillId("python")


class Backwards:
    """The worst first."""

    name = "backwards"

    def __call__(
        self, need: Need, options: Sequence[Option], context: RankingContext
    ) -> Sequence[UserId]:
        return [option.mentor_id for option in reversed(options)]


class Broken:
    """A model that always fails."""

    name = "broken"

    def __call__(
        self, need: Need, options: Sequence[Option], context: RankingContext
    ) -> Sequence[UserId]:
        raise RuntimeError(self.name)


async def suggested(
    world: World, asks: Actor, reranker: ReRanker | None = None, limit: int = 10
) -> Suggestions:
    """With this model in the place of the one that is wired."""
    async with world.scope(asks) as scope:
        model = await scope.get(ReRanker) if reranker is None else reranker
        suggest = SuggestMentors(
            await scope.get(Learners),
            await scope.get(Ranker),
            await scope.get(MentorReads),
            model,
            await scope.get(ImpressionLog),
            await scope.get(RateLimit),
            await scope.get(Clock),
            await scope.get(KnownTenants),
        )
        found = await suggest(asks, [PYTHON], limit)
        await suggest.log.settle()
    return found


async def exported(world: World) -> list[Example]:
    system = world.system()
    async with world.scope(system) as scope:
        export: ExportExamples = await scope.get(ExportExamples)
        return [one async for one in export(system, (await scope.get(Clock))().replace(year=2000))]


def by_years(found: Suggestions) -> list[int]:
    return [one.mentor.experience_years for one in found.items]


async def mentors_of(world: World, *years: int) -> list[Actor]:
    return [
        await mentor(world, years=one, skills={PYTHON: 5}, availability=MORNINGS, capacity=20)
        for one in years
    ]


async def test_a_model_orders_and_never_changes_scores_or_adds_mentors(world: World) -> None:
    await mentors_of(world, 0, 2, 4)
    asks = await learner(world)
    base = await suggested(world, asks)
    turned = await suggested(world, asks, BoundedReRanker(Backwards(), Breaker("model")))
    assert turned.items == base.items[::-1]
    assert {one.model for one in await exported(world)} == {"base", "backwards"}
    first = [one for one in await exported(world) if one.position == 1]
    assert [one.features["base_position"] for one in first] == [1, 3]


async def test_a_model_chooses_from_more_than_are_shown(world: World) -> None:
    await mentors_of(world, 0, 2, 4)
    asks = await learner(world)
    assert by_years(await suggested(world, asks, limit=1)) == [4]
    turned = BoundedReRanker(Backwards(), Breaker("model"))
    assert by_years(await suggested(world, asks, turned, limit=1)) == [0]


async def test_a_model_that_fails_is_noticed_by_nobody_but_the_log(world: World) -> None:
    await mentors_of(world, 0, 2, 4)
    asks = await learner(world)
    broken = BoundedReRanker(Broken(), Breaker("model"))
    assert by_years(await suggested(world, asks, broken, limit=2)) == [4, 2]
    assert [one.model for one in await exported(world)] == ["base", "base"]


async def test_a_loop_of_one_learner_teaches_a_model_nothing(world: World) -> None:
    await mentors_of(world, 0)
    asks, other = await learner(world), await learner(world)
    for _ in range(61):
        assert len((await suggested(world, asks)).items) == 1
    await suggested(world, other)
    assert len(await exported(world)) == 60 + 1


def fitted(examples: list[Example], *, rate: float = 0.5, rounds: int = 400) -> dict[str, float]:
    """Logistic regression by gradient descent on scaled features; weights for the raw ones."""
    most = {name: max(1, *(one.features[name] for one in examples)) for name in FEATURES}
    weights = dict.fromkeys(FEATURES, 0.0)
    bias = 0.0
    for _ in range(rounds):
        slope, up = dict.fromkeys(FEATURES, 0.0), 0.0
        for one in examples:
            scaled = {name: one.features[name] / most[name] for name in FEATURES}
            odds = bias + sum(weights[name] * scaled[name] for name in FEATURES)
            miss = 1 / (1 + exp(-odds)) - (one.label > 0)
            up += miss
            slope = {name: slope[name] + miss * scaled[name] for name in FEATURES}
        bias -= rate * up / len(examples)
        weights = {n: w - rate * slope[n] / len(examples) for n, w in weights.items()}
    return {name: weight / most[name] for name, weight in weights.items()}


async def test_what_learners_choose_teaches_the_next_order(world: World, tmp_path: Path) -> None:
    """The whole loop: here everyone asks the least experienced of those they are shown."""
    await mentors_of(world, 0, 2, 4)
    for _ in range(4):
        asks = await learner(world)
        found = await suggested(world, asks)
        assert by_years(found) == [4, 2, 0]
        await world.do(RequestMatch, asks, found.items[-1].mentor.id)
    examples = await exported(world)
    assert [one.label for one in examples] == [0, 0, 1] * 4
    path = tmp_path / "model.json"
    path.write_text(json.dumps({"version": "first", "weights": fitted(examples)}))
    model = BoundedReRanker(LinearModel.load(path), Breaker("model"))
    assert by_years(await suggested(world, await learner(world), model)) == [0, 2, 4]
    assert [one.model for one in await exported(world)][-3:] == ["first"] * 3
