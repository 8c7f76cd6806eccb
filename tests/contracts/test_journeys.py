"""What every store of journeys promises, on every backend."""

import pytest
from tests.support.given.learning import NOW, a_roadmap, modules
from tests.support.given.world import World

from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.progress.ports import JourneyReads, Journeys
from skillbridge.application.progress.views import NextModule, Progress
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import StaleWrite
from skillbridge.domain.ids import ModuleId, RoadmapId
from skillbridge.domain.progress.journey import Journey
from skillbridge.domain.roadmaps.roadmap import RoadmapStatus
from skillbridge.domain.unknown import UnknownRoadmap

pytestmark = pytest.mark.row("E2", "F1", "A9")

M0, M1, M2 = (ModuleId(f"m{number}") for number in range(3))


async def read(world: World, actor: Actor, roadmap_id: RoadmapId) -> Journey:
    async with world.scope(actor) as scope:
        journeys, transaction = await scope.get(Journeys), await scope.get(Transaction)
        async with transaction(actor):
            journey: Journey = await journeys.get(actor.user_id, roadmap_id)
    return journey


async def save(world: World, actor: Actor, journey: Journey) -> None:
    async with world.scope(actor) as scope:
        journeys, transaction = await scope.get(Journeys), await scope.get(Transaction)
        async with transaction(actor):
            await journeys.save(journey)


async def test_a_journey_is_kept_as_it_was_saved(world: World) -> None:
    learner = await world.learner()
    roadmap_id = await a_roadmap(world, learner, modules(1, 2, 3))
    journey = await read(world, learner, roadmap_id)
    assert (journey.status, journey.percent, journey.completed) == ("ready", 0, {})
    journey.complete(M0, at=NOW)
    journey.complete(M2, at=NOW)
    await save(world, learner, journey)
    journey = await read(world, learner, roadmap_id)
    assert journey.completed == {M0: NOW, M2: NOW}
    journey.undo(M0, at=NOW)
    await save(world, learner, journey)
    assert (await read(world, learner, roadmap_id)).completed == {M2: NOW}


async def test_what_was_read_is_a_copy(world: World) -> None:
    learner = await world.learner()
    roadmap_id = await a_roadmap(world, learner, modules(1))
    (await read(world, learner, roadmap_id)).complete(M0, at=NOW)
    assert (await read(world, learner, roadmap_id)).completed == {}


async def test_the_second_of_two_writers_is_refused(world: World) -> None:
    learner = await world.learner()
    roadmap_id = await a_roadmap(world, learner, modules(1, 1))
    one, other = [await read(world, learner, roadmap_id) for _ in range(2)]
    one.complete(M0, at=NOW)
    other.complete(M1, at=NOW)
    await save(world, learner, one)
    with pytest.raises(StaleWrite):
        await save(world, learner, other)
    assert (await read(world, learner, roadmap_id)).completed == {M0: NOW}


async def test_nobody_finds_the_roadmap_of_another(world: World) -> None:
    owner, stranger = await world.learner(), await world.learner()
    roadmap_id = await a_roadmap(world, owner, modules(1))
    with pytest.raises(UnknownRoadmap):
        await read(world, stranger, roadmap_id)
    with pytest.raises(UnknownRoadmap):
        await world.ask(JourneyReads, "of", stranger, roadmap_id)
    async with world.scope(stranger) as scope:
        journeys, transaction = await scope.get(Journeys), await scope.get(Transaction)
        async with transaction(stranger):
            with pytest.raises(UnknownRoadmap):
                await journeys.get(owner.user_id, roadmap_id)


async def test_progress_is_read_as_the_domain_counts_it(world: World) -> None:
    learner = await world.learner()
    roadmap_id = await a_roadmap(world, learner, modules(1, 2, 3))
    journey = await read(world, learner, roadmap_id)
    journey.complete(M0, at=NOW)
    await save(world, learner, journey)
    assert await world.ask(JourneyReads, "of", learner, roadmap_id) == Progress(
        roadmap_id, 16, {M0: NOW}, (NextModule(M1, "Module 1"),)
    )


async def test_a_roadmap_that_is_being_written_has_nothing_to_do_yet(world: World) -> None:
    learner = await world.learner()
    roadmap_id = await a_roadmap(world, learner, (), RoadmapStatus.DRAFTING)
    assert (await read(world, learner, roadmap_id)).status == "drafting"
    progress = await world.ask(JourneyReads, "of", learner, roadmap_id)
    assert (progress.percent, progress.completed, progress.next) == (0, {}, ())
