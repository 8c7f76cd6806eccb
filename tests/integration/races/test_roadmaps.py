"""Wishing for roadmaps, drawing them and working on them, all at once."""

import asyncpg
import pytest
from tests.application.roadmaps.authors import asked_for, drawn_by, good, unavailable
from tests.integration.races.locks import needs
from tests.support.given.learning import a_roadmap, modules
from tests.support.given.world import World
from tests.support.timing.racing import race

from skillbridge.adapters.postgres.progress.writes import PostgresJourneys
from skillbridge.adapters.postgres.roadmaps.writes import PostgresRoadmaps
from skillbridge.application.paging import PageRequest
from skillbridge.application.progress.completion import CompleteModule, UndoModule
from skillbridge.application.progress.ports import JourneyReads
from skillbridge.application.roadmaps.ports import RoadmapReads
from skillbridge.domain.ids import ModuleId

pytestmark = pytest.mark.row("E1", "B9")
FIRST, SECOND = ModuleId("m0"), ModuleId("m1")


@needs("engine.advisory_locks.HOLD_LEARNER")
async def test_the_same_wish_twice_at_once_is_one_roadmap(
    world: World, admin: asyncpg.Connection
) -> None:
    learner = await world.learner()
    once, again = (asked_for(world, learner) for _ in range(2))
    first, second = await race(admin, once, PostgresRoadmaps.add, again)
    assert first.value == second.value
    assert len(await world.items(RoadmapReads, "mine", learner, PageRequest(10))) == 1


@needs("roadmaps.writes.GET")
async def test_of_two_drawings_at_once_the_first_stays_and_the_second_is_no_failure(
    world: World, admin: asyncpg.Connection
) -> None:
    learner = await world.learner()
    wish = await asked_for(world, learner)
    one, other = (drawn_by(world, learner, wish, script) for script in (good, unavailable))
    first, second = await race(admin, one, PostgresRoadmaps.get, other)
    assert (first.error, second.error) == (None, None)
    assert (await world.ask(RoadmapReads, "one", learner, wish)).author == "model"


@needs("app.lock_journey")
async def test_two_modules_completed_at_once_both_count(
    world: World, admin: asyncpg.Connection
) -> None:
    learner = await world.learner()
    roadmap_id = await a_roadmap(world, learner, modules(1, 1))
    one, other = (
        world.do(CompleteModule, learner, roadmap_id, module) for module in (FIRST, SECOND)
    )
    first, second = await race(admin, one, PostgresJourneys.get, other)
    assert (first.error, second.error) == (None, None)
    progress = await world.ask(JourneyReads, "of", learner, roadmap_id)
    assert (progress.percent, set(progress.completed)) == (100, {FIRST, SECOND})


@needs("app.lock_journey")
async def test_who_opens_a_module_again_while_it_is_completed_has_the_last_word(
    world: World, admin: asyncpg.Connection
) -> None:
    learner = await world.learner()
    roadmap_id = await a_roadmap(world, learner, modules(1, 1))
    complete, undo = (
        world.do(case, learner, roadmap_id, FIRST) for case in (CompleteModule, UndoModule)
    )
    completed, undone = await race(admin, complete, PostgresJourneys.get, undo)
    assert (completed.error, undone.error) == (None, None)
    progress = await world.ask(JourneyReads, "of", learner, roadmap_id)
    assert (progress.percent, set(progress.completed)) == (0, set())


async def test_one_module_completed_twice_at_once_is_completed_once(
    world: World, admin: asyncpg.Connection
) -> None:
    learner = await world.learner()
    roadmap_id = await a_roadmap(world, learner, modules(1, 1))
    once, again = (world.do(CompleteModule, learner, roadmap_id, FIRST) for _ in range(2))
    first, second = await race(admin, once, PostgresJourneys.get, again)
    assert first.value == second.value
    told = "select count(*) from events where tenant_id = $1 and name = 'ModuleCompleted'"
    assert await admin.fetchval(told, world.tenant_id) == 1
