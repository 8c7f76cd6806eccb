"""What every store of awards and of activity counts promises, on every backend."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from tests.support.given.learning import NOW, a_match, a_roadmap, modules
from tests.support.given.world import World

from skillbridge.application.gamification.ports import Activities, Awards, BadgeReads
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.progress.completion import CompleteModule
from skillbridge.application.progress.ports import JourneyReads
from skillbridge.domain.actor import Actor
from skillbridge.domain.gamification.badge import Activity, ActivityTimes
from skillbridge.domain.ids import BadgeId, ModuleId, UserId

pytestmark = pytest.mark.row("H1", "A9")

FIRST, SECOND = BadgeId("first"), BadgeId("second")


@asynccontextmanager
async def store(world: World, actor: Actor) -> AsyncIterator[Awards]:
    async with world.scope(actor) as scope:
        awards, transaction = await scope.get(Awards), await scope.get(Transaction)
        async with transaction(actor):
            yield awards


async def awards_of(world: World, actor: Actor) -> Mapping[BadgeId, datetime]:
    found: Mapping[BadgeId, datetime] = (await world.ask(BadgeReads, "own", actor))[1]
    return found


async def times_of(
    world: World, actor: Actor, user_id: UserId, *, most: int = 9
) -> dict[Activity, list[datetime]]:
    async with world.scope(actor) as scope:
        activities, transaction = await scope.get(Activities), await scope.get(Transaction)
        async with transaction(actor, read_only=True):
            times: ActivityTimes = await activities.first(user_id, most)
    return {activity: list(some) for activity, some in times.items()}


async def test_a_badge_is_awarded_once(world: World) -> None:
    learner, later = await world.learner(), NOW + timedelta(days=1)
    async with store(world, world.system()) as awards:
        assert list(await awards.award(learner.user_id, {SECOND: later})) == [SECOND]
        assert list(await awards.award(learner.user_id, {SECOND: NOW, FIRST: NOW})) == [FIRST]
        assert not await awards.award(learner.user_id, {FIRST: later, SECOND: later})
        assert not await awards.award(learner.user_id, {})
    found = await awards_of(world, learner)
    assert list(found.items()) == [(FIRST, NOW), (SECOND, later)]


async def test_an_award_is_seen_by_its_owner_only(world: World) -> None:
    owner, stranger = await world.learner(), await world.learner()
    async with store(world, world.system()) as awards:
        await awards.award(owner.user_id, {FIRST: NOW})
    assert await awards_of(world, owner) == {FIRST: NOW}
    assert await awards_of(world, stranger) == {}


async def test_activities_are_told_from_where_they_are_kept(world: World) -> None:
    learner, mentor = await world.learner(), await world.mentor()
    done = await a_roadmap(world, learner, modules(1, 1))
    begun = await a_roadmap(world, learner, modules(1, 1))
    await a_roadmap(world, learner, ())
    for roadmap_id, module in ((done, "m1"), (begun, "m1"), (done, "m0")):
        await world.do(CompleteModule, learner, roadmap_id, ModuleId(module))
    for status in ("completed", "cancelled", "active", "declined", "withdrawn", "expired"):
        await a_match(world, learner, mentor, status)
    completed = {
        one: (await world.ask(JourneyReads, "of", learner, one)).completed for one in (done, begun)
    }
    modules_at = sorted(at for times in completed.values() for at in times.values())
    expected = dict.fromkeys(Activity, 0) | {
        Activity.MODULES_COMPLETED: 3,
        Activity.ROADMAPS_FINISHED: 1,
        Activity.MENTORS_FOUND: 3,
    }
    assert (await world.ask(BadgeReads, "own", learner))[0] == expected
    times: dict[Activity, list[datetime]] = {activity: [] for activity in Activity} | {
        Activity.MODULES_COMPLETED: modules_at,
        Activity.ROADMAPS_FINISHED: [max(completed[done].values())],
        Activity.MENTORS_FOUND: [NOW] * 3,
    }
    assert await times_of(world, learner, learner.user_id) == times
    assert await times_of(world, world.system(), learner.user_id) == times
    first = await times_of(world, learner, learner.user_id, most=2)
    assert first == {activity: some[:2] for activity, some in times.items()}
    welcomed: dict[Activity, list[datetime]] = {activity: [] for activity in Activity} | {
        Activity.LEARNERS_WELCOMED: [NOW] * 3
    }
    assert await times_of(world, mentor, mentor.user_id) == welcomed


async def test_the_activities_of_another_are_not_told(world: World) -> None:
    learner, stranger = await world.learner(), await world.learner()
    roadmap_id = await a_roadmap(world, learner, modules(1, 1))
    await world.do(CompleteModule, learner, roadmap_id, ModuleId("m0"))
    assert not any((await times_of(world, stranger, learner.user_id)).values())
