"""Following how a roadmap is drawn, whether the messages come or not."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from tests.application.roadmaps.authors import asked_for, drawn_by, good
from tests.support.given.world import World
from tests.support.timing.patience import PATIENCE

from skillbridge.application import progress_channel
from skillbridge.application.ports.fanout import Fanout
from skillbridge.application.ports.processes import Part, Process, Processes
from skillbridge.application.roadmaps.tracker import NOBODY_DRAWS, DraftTracker
from skillbridge.application.roadmaps.views import GenerationView
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Unavailable
from skillbridge.domain.ids import RoadmapId
from skillbridge.domain.roadmaps.roadmap import Author, RoadmapStatus
from skillbridge.domain.unknown import UnknownRoadmap

pytestmark = pytest.mark.row("E1", "A9")


async def follow(
    world: World, actor: Actor, roadmap_id: RoadmapId, begun: asyncio.Event | None = None
) -> list[GenerationView]:
    views = []
    async with world.scope(actor) as scope:
        async for view in (await scope.get(DraftTracker)).follow(actor, roadmap_id):
            if view is None:
                continue
            views.append(view)
            if begun:
                begun.set()
    return views


async def test_each_step_is_heard_and_the_last_one_is_ready(world: World) -> None:
    learner, begun = await world.learner(), asyncio.Event()
    roadmap_id = await asked_for(world, learner)
    following = asyncio.create_task(follow(world, learner, roadmap_id, begun))
    await begun.wait()
    await drawn_by(world, learner, roadmap_id, good)
    views = await asyncio.wait_for(following, PATIENCE)
    assert (views[0].stage, views[0].percent) == ("waiting", 0)
    assert (views[-1].status, views[-1].percent, views[-1].author) == (
        RoadmapStatus.READY,
        100,
        Author.MODEL,
    )
    stages = dict.fromkeys(view.stage for view in views)
    assert list(stages) == ["waiting", "drawing the path", "keeping it", "ready"]
    percents = [view.percent for view in views]
    assert percents == sorted(percents)


async def test_a_message_that_comes_late_takes_nothing_back(world: World) -> None:
    learner, begun = await world.learner(), asyncio.Event()
    roadmap_id = await asked_for(world, learner)
    following = asyncio.create_task(follow(world, learner, roadmap_id, begun))
    await begun.wait()
    async with world.scope(world.system()) as scope:
        told = await scope.get(DraftTracker)
        for percent in (80, 20):
            await told.tell(
                GenerationView(
                    roadmap_id=roadmap_id,
                    status=RoadmapStatus.DRAFTING,
                    stage=f"at {percent}",
                    percent=percent,
                )
            )
    await drawn_by(world, learner, roadmap_id, good)
    percents = [view.percent for view in await asyncio.wait_for(following, PATIENCE)]
    assert percents[0] == 0
    assert percents[1] == 80
    assert percents == sorted(percents)


async def test_a_lost_message_costs_patience_and_nothing_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress_channel, "PATIENCE", 0.02)
    learner, begun = await world.learner(), asyncio.Event()
    for container in (world.api, world.worker):
        fanout = await container.get(Fanout)
        monkeypatch.setattr(type(fanout), "publish", _nowhere)
    roadmap_id = await asked_for(world, learner)
    following = asyncio.create_task(follow(world, learner, roadmap_id, begun))
    await begun.wait()
    await drawn_by(world, learner, roadmap_id, good)
    assert (await asyncio.wait_for(following, PATIENCE))[-1].status is RoadmapStatus.READY


async def _nowhere(_: object, topic: str, message: bytes) -> None:
    assert topic
    assert message


async def test_who_comes_late_hears_the_end_at_once(world: World) -> None:
    learner = await world.learner()
    roadmap_id = await asked_for(world, learner)
    await world.settle()
    (only,) = await asyncio.wait_for(follow(world, learner, roadmap_id), PATIENCE)
    assert (only.status, only.percent) == (RoadmapStatus.READY, 100)
    assert (only.author, only.reason) == (Author.TEMPLATE, "no model is configured")


async def test_who_only_asks_is_told_the_last_step(world: World) -> None:
    learner = await world.learner()
    roadmap_id = await asked_for(world, learner)
    async with world.scope(learner) as scope:
        told = await scope.get(DraftTracker)
        assert (await told.now(learner, roadmap_id)).stage == "waiting"
        step = GenerationView(
            roadmap_id=roadmap_id, status=RoadmapStatus.DRAFTING, stage="keeping it", percent=80
        )
        await told.tell(step)
        assert replace(await told.now(learner, roadmap_id), reason=None) == step


async def test_whoever_waits_is_told_while_no_worker_lives(world: World) -> None:
    learner = await world.learner()
    roadmap_id = await asked_for(world, learner)
    processes: Processes = await world.worker.get(Processes)
    for one in await processes.report():
        await processes.leave(Process(id=one.id, part=one.part, version=one.version))
    worker = Process(id=uuid4(), part=Part.WORKER, version="1")
    async with world.scope(learner) as scope:
        told = await scope.get(DraftTracker)
        assert (await told.now(learner, roadmap_id)).reason == NOBODY_DRAWS
        first = await anext(told.follow(learner, roadmap_id))
        assert first is not None
        assert first.reason == NOBODY_DRAWS
        await processes.beat(worker)
        assert (await told.now(learner, roadmap_id)).reason is None
        await processes.leave(worker)
    await world.settle()
    async with world.scope(learner) as scope:
        drawn = await (await scope.get(DraftTracker)).now(learner, roadmap_id)
    assert (drawn.stage, drawn.reason) != ("waiting", NOBODY_DRAWS)
    assert drawn.status is RoadmapStatus.READY


async def test_another_follows_nothing(world: World) -> None:
    learner, stranger = await world.learner(), await world.learner()
    roadmap_id = await asked_for(world, learner)
    with pytest.raises(UnknownRoadmap):
        await follow(world, stranger, roadmap_id)
    with pytest.raises(UnknownRoadmap):
        async with world.scope(stranger) as scope:
            await (await scope.get(DraftTracker)).now(stranger, roadmap_id)


async def test_a_database_that_is_away_for_a_while_ends_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress_channel, "PATIENCE", 0.01)
    learner, asked = await world.learner(), 0
    roadmap_id = await asked_for(world, learner)
    now = DraftTracker.now

    async def failing(*given: Any) -> GenerationView:
        nonlocal asked
        asked += 1
        if asked in {2, 3}:
            raise Unavailable("the database is away")
        if asked == 4:
            await world.settle()
        return await now(*given)

    monkeypatch.setattr(DraftTracker, "now", failing)
    monkeypatch.setattr(type(await world.api.get(Fanout)), "publish", _nowhere)
    views = await asyncio.wait_for(follow(world, learner, roadmap_id), PATIENCE)
    assert [view.status for view in views] == [RoadmapStatus.DRAFTING, RoadmapStatus.READY]
