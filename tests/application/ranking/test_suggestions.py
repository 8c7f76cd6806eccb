"""Who is suggested, in which order, and why."""

from typing import Any
from uuid import uuid4

import pytest
from tests.support.given.learning import a_roadmap, modules
from tests.support.given.matching import MORNINGS, learner, mentor
from tests.support.given.world import World

from skillbridge.application.matching.matches import DeclineMatch, RequestMatch, WithdrawMatch
from skillbridge.application.progress.completion import CompleteModule
from skillbridge.application.ranking.ports.ranker import Learners
from skillbridge.application.ranking.suggestions import SuggestMentors
from skillbridge.application.ranking.views import Suggestions
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import ModuleId, SkillId, UserId
from skillbridge.domain.ranking.learner import NothingWanted, UnknownLearner

pytestmark = pytest.mark.row("A9")

PYTHON = SkillId("python")


async def suggestions(world: World, asks: Actor, *skills: str, **kwargs: Any) -> Suggestions:
    found: Suggestions = await world.do(SuggestMentors, asks, skills, **kwargs)
    return found


@pytest.mark.row("G3")
async def test_the_best_comes_first_and_says_why(world: World) -> None:
    asks = await learner(world, country="NG", skills={"python": 1}, availability=MORNINGS)
    good = await mentor(
        world,
        capacity=2,
        years=8,
        country="NG",
        skills={"python": 5, "sql": 4},
        availability=MORNINGS,
    )
    fair = await mentor(world, country="DE", skills={"sql": 2}, availability=MORNINGS[:1])
    found = await suggestions(world, asks, "python", "sql")
    assert [one.mentor.id for one in found.items] == [good.user_id, fair.user_id]
    assert (found.degraded, found.source, found.skills) == (False, "fallback", ("python", "sql"))
    best = found.items[0]
    assert sum(best.terms.values()) == best.total
    assert best.reasons == (
        "Knows python and sql, which you want to learn.",
        "Has enough free hours in common with you each week.",
        "Speaks en, the first language of your profile.",
        "Lives in your country.",
        "Has 2 free places.",
        "Has 8 years of experience.",
    )


async def test_the_open_modules_say_what_is_wanted(world: World) -> None:
    asks = await learner(world)
    of = await mentor(world, skills={"python": 4}, availability=MORNINGS)
    roadmap_id = await a_roadmap(world, asks, modules(1, 1))
    found = await suggestions(world, asks)
    assert found.skills == (PYTHON,)
    assert [one.mentor.id for one in found.items] == [of.user_id]
    for module in ("m0", "m1"):
        await world.do(CompleteModule, asks, roadmap_id, ModuleId(module))
    with pytest.raises(NothingWanted, match="skills=python"):
        await suggestions(world, asks)


async def test_who_cannot_help_is_not_suggested(world: World) -> None:
    asks = await learner(world)
    await mentor(world, skills={"python": 5})  # tells no hours
    await mentor(world, skills={"cobol": 5}, availability=MORNINGS)
    await mentor(world, skills={"python": 5}, availability=MORNINGS, languages=("de",))
    await mentor(world, skills={"python": 5}, availability=MORNINGS, accepting=False)
    assert (await suggestions(world, asks, "python")).items == ()


async def test_who_was_asked_or_declined_is_not_suggested_again(world: World) -> None:
    asks = await learner(world)
    of = await mentor(world, skills={"python": 5}, availability=MORNINGS)
    match = await world.do(RequestMatch, asks, of.user_id)
    assert (await suggestions(world, asks, "python")).items == ()
    await world.do(WithdrawMatch, asks, match.id)
    assert len((await suggestions(world, asks, "python")).items) == 1
    again = await world.do(RequestMatch, asks, of.user_id)
    await world.do(DeclineMatch, of, again.id)
    assert (await suggestions(world, asks, "python")).items == ()


async def test_as_many_as_were_asked_for(world: World) -> None:
    asks = await learner(world)
    for _ in range(3):
        await mentor(world, skills={"python": 5}, availability=MORNINGS)
    assert len((await suggestions(world, asks, "python", limit=2)).items) == 2


async def test_who_has_no_profile_is_no_learner(world: World) -> None:
    stranger = Actor.person(UserId(uuid4()), world.tenant_id)
    with pytest.raises(UnknownLearner, match="profile"):
        await world.ask(Learners, "learner", stranger)
