"""Completing the modules of a roadmap, on every backend."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from tests.support.given.learning import a_roadmap, modules
from tests.support.given.world import World

from skillbridge.application.progress.completion import CompleteModule, UndoModule
from skillbridge.application.progress.ports import JourneyReads
from skillbridge.domain.ids import ModuleId, RoadmapId
from skillbridge.domain.progress.journey import RoadmapNotReady, UnknownModule
from skillbridge.domain.roadmaps.roadmap import RoadmapStatus
from skillbridge.domain.unknown import UnknownRoadmap

pytestmark = pytest.mark.row("E2", "F1", "A9")

M0, M1, M2 = (ModuleId(f"m{number}") for number in range(3))


async def test_a_learner_completes_and_reopens_modules(world: World) -> None:
    learner = await world.learner()
    roadmap_id = await a_roadmap(world, learner, modules(1, 1, 2))
    progress = await world.do(CompleteModule, learner, roadmap_id, M0)
    assert (progress.percent, [one.id for one in progress.next]) == (25, [M1])
    progress = await world.do(CompleteModule, learner, roadmap_id, M2)
    assert (progress.percent, set(progress.completed)) == (75, {M0, M2})
    progress = await world.do(UndoModule, learner, roadmap_id, M0)
    assert (progress.percent, set(progress.completed)) == (50, {M2})
    assert await world.ask(JourneyReads, "of", learner, roadmap_id) == progress


async def test_doing_it_twice_changes_nothing(world: World) -> None:
    learner = await world.learner()
    roadmap_id = await a_roadmap(world, learner, modules(1))
    first = await world.do(CompleteModule, learner, roadmap_id, M0)
    assert await world.do(CompleteModule, learner, roadmap_id, M0) == first
    assert first.percent == 100
    opened = await world.do(UndoModule, learner, roadmap_id, M0)
    assert await world.do(UndoModule, learner, roadmap_id, M0) == opened
    assert opened.percent == 0


@pytest.mark.parametrize("use_case", [CompleteModule, UndoModule])
async def test_what_cannot_be_done(world: World, use_case: type[Any]) -> None:
    owner, stranger = await world.learner(), await world.learner()
    roadmap_id = await a_roadmap(world, owner, modules(1))
    drafting = await a_roadmap(world, owner, (), RoadmapStatus.DRAFTING)
    with pytest.raises(UnknownRoadmap):
        await world.do(use_case, stranger, roadmap_id, M0)
    with pytest.raises(UnknownRoadmap):
        await world.do(use_case, owner, RoadmapId(uuid4()), M0)
    with pytest.raises(UnknownModule):
        await world.do(use_case, owner, roadmap_id, M1)
    with pytest.raises(RoadmapNotReady):
        await world.do(use_case, owner, drafting, M0)


async def test_modules_completed_at_once_are_all_counted(world: World) -> None:
    learner = await world.learner()
    roadmap_id = await a_roadmap(world, learner, modules(*[1] * 8))
    await asyncio.gather(
        *(world.do(CompleteModule, learner, roadmap_id, ModuleId(f"m{n}")) for n in range(8)),
        *(world.do(CompleteModule, learner, roadmap_id, ModuleId(f"m{n}")) for n in range(8)),
    )
    progress = await world.ask(JourneyReads, "of", learner, roadmap_id)
    assert (progress.percent, len(progress.completed)) == (100, 8)
