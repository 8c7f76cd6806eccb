"""Badges follow from activity by themselves, once."""

import asyncio
from datetime import UTC, datetime
from random import Random

import pytest
from tests.support.given.learning import NOW, a_roadmap, modules
from tests.support.given.matching import mentor as a_mentor
from tests.support.given.world import World

from skillbridge.application.gamification.badges import AwardBadges, ListAwards, ListBadges
from skillbridge.application.gamification.views import Goal
from skillbridge.application.matching.matches import AcceptMatch, RequestMatch
from skillbridge.application.notifications.ports import NoticeReads
from skillbridge.application.paging import PageRequest
from skillbridge.application.progress.completion import CompleteModule, UndoModule
from skillbridge.application.progress.ports import JourneyReads
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.event import Event
from skillbridge.domain.events.progress import ModuleCompleted, RoadmapCompleted
from skillbridge.domain.gamification.badge import Activity
from skillbridge.domain.gamification.badges import BADGES
from skillbridge.domain.ids import ModuleId, RoadmapId

pytestmark = pytest.mark.row("H1", "A9")


async def badges_of(world: World, actor: Actor) -> list[str]:
    return [award.id for award in await world.do(ListAwards, actor)]


async def complete(world: World, learner: Actor, roadmap_id: RoadmapId, *numbers: int) -> None:
    for number in numbers:
        await world.do(CompleteModule, learner, roadmap_id, ModuleId(f"m{number}"))


async def test_the_first_module_earns_the_first_badge(world: World) -> None:
    learner, other = await world.learner(), await world.learner()
    roadmap_id = await a_roadmap(world, learner, modules(*[1] * 6))
    await complete(world, learner, roadmap_id, 0)
    assert await badges_of(world, learner) == []
    await world.settle()
    assert await badges_of(world, learner) == ["first-step"]
    assert await badges_of(world, other) == []
    await complete(world, learner, roadmap_id, 1, 2, 3, 4)
    await world.settle()
    assert await badges_of(world, learner) == ["first-step", "steady-hand"]
    await complete(world, learner, roadmap_id, 5)
    await world.settle()
    assert await badges_of(world, learner) == ["first-step", "steady-hand", "pathfinder"]


async def test_a_badge_stays_when_what_earned_it_is_undone(world: World) -> None:
    learner = await world.learner()
    roadmap_id = await a_roadmap(world, learner, modules(1, 1))
    await complete(world, learner, roadmap_id, 0)
    await world.settle()
    await world.do(UndoModule, learner, roadmap_id, ModuleId("m0"))
    await world.settle()
    first, *_ = await world.do(ListBadges, learner)
    assert (first.id, first.percent, first.goals[0].done) == ("first-step", 100, 0)
    await complete(world, learner, roadmap_id, 0)
    await world.settle()
    (award,) = await world.do(ListAwards, learner)
    assert award.awarded_at == first.awarded_at


async def test_an_accepted_match_is_worth_a_badge_to_both(world: World) -> None:
    learner, mentor = await world.learner(), await a_mentor(world)
    asked = await world.do(RequestMatch, learner, mentor.user_id)
    await world.settle()
    assert await badges_of(world, learner) == []
    await world.do(AcceptMatch, mentor, asked.id)
    await world.settle()
    assert await badges_of(world, learner) == ["connected"]
    assert await badges_of(world, mentor) == ["open-door"]
    told = await world.items(NoticeReads, "newest", mentor, PageRequest(10))
    assert {notice.kind for notice in told} == {"MatchRequested", "BadgeAwarded"}


async def test_the_reaction_run_again_and_at_once_does_the_same_as_once(world: World) -> None:
    learner = await world.learner()
    roadmap_id = await a_roadmap(world, learner, modules(1, 1))
    await complete(world, learner, roadmap_id, 0)
    event = ModuleCompleted(
        learner_id=learner.user_id,
        roadmap_id=roadmap_id,
        module_id=ModuleId("m0"),
        title="Module 0",
        percent=50,
        at=NOW,
    )
    await asyncio.gather(*(world.do(AwardBadges, world.system(), event) for _ in range(4)))
    await world.settle()
    (award,) = await world.do(ListAwards, learner)
    assert (award.id, award.title) == ("first-step", "First step")
    told = await world.items(NoticeReads, "newest", learner, PageRequest(10))
    assert [notice.kind for notice in told].count("BadgeAwarded") == 1


async def test_a_badge_is_of_the_time_that_earned_it_in_whatever_order_the_jobs_run(
    world: World,
) -> None:
    for seed in range(5):
        learner = await world.learner()
        roadmap_id = await a_roadmap(world, learner, modules(*[1] * 7))
        await complete(world, learner, roadmap_id, 3, 0, 6, 5, 1, 2, 4)
        at = (await world.ask(JourneyReads, "of", learner, roadmap_id)).completed
        events: list[Event] = [
            ModuleCompleted(
                learner_id=learner.user_id,
                roadmap_id=roadmap_id,
                module_id=module_id,
                title="",
                percent=0,
                at=when,
            )
            for module_id, when in at.items()
        ]
        last = at[ModuleId("m4")]
        done = RoadmapCompleted(learner_id=learner.user_id, roadmap_id=roadmap_id, at=last)
        for event in Random(seed).sample([*events, done], k=len(events) + 1):
            await world.do(AwardBadges, world.system(), event)
        awarded = {award.id: award.awarded_at for award in await world.do(ListAwards, learner)}
        assert awarded == {
            "first-step": at[ModuleId("m3")],
            "steady-hand": at[ModuleId("m1")],
            "pathfinder": last,
        }


async def test_the_catalogue_says_how_near_one_is(world: World) -> None:
    learner, before = await world.learner(), datetime.now(UTC)
    roadmap_id = await a_roadmap(world, learner, modules(*[1] * 6))
    await complete(world, learner, roadmap_id, 0, 1)
    await world.settle()
    badges = {badge.id: badge for badge in await world.do(ListBadges, learner)}
    assert list(badges) == [badge.id for badge in BADGES]
    first, steady = badges["first-step"], badges["steady-hand"]
    assert first.awarded_at is not None
    assert first.awarded_at >= before
    assert (first.percent, first.goals) == (100, (Goal(Activity.MODULES_COMPLETED, 1, 1),))
    assert (steady.awarded_at, steady.percent) == (None, 40)
    assert steady.goals == (Goal(Activity.MODULES_COMPLETED, 2, 5),)
