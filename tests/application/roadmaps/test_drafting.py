"""From a wish to a path: who draws it, who validates it, and what is kept."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from unittest.mock import Mock
from uuid import uuid4

import pytest
from tests.application.roadmaps.authors import (
    asked_for,
    broken,
    drawn_by,
    good,
    lying,
    mistaken,
    unavailable,
)
from tests.support.given.world import World
from tests.unit.roadmaps.examples import CATALOGUE, a_brief, an_outline

from skillbridge.application.notifications.ports import NoticeReads
from skillbridge.application.paging import PageRequest
from skillbridge.application.ports.jobs import Jobs, JobState
from skillbridge.application.roadmaps import drafting
from skillbridge.application.roadmaps.drafting import DraftRoadmap, RequestRoadmap
from skillbridge.application.roadmaps.ports import RoadmapReads
from skillbridge.application.roadmaps.tracker import DraftTracker
from skillbridge.application.roadmaps.views import GenerationView, RoadmapView
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import TooMany
from skillbridge.domain.events.roadmaps import RoadmapRequested
from skillbridge.domain.ids import DomainId, RoadmapId
from skillbridge.domain.resources.catalogue import UnknownDomain
from skillbridge.domain.roadmaps.outline import Module, Outline
from skillbridge.domain.roadmaps.roadmap import Author, RoadmapStatus
from skillbridge.domain.roadmaps.validator import validate
from skillbridge.domain.unknown import UnknownRoadmap

A_DAY = 20

pytestmark = pytest.mark.row("E1", "A9")


async def seen(world: World, actor: Actor, roadmap_id: RoadmapId) -> RoadmapView:
    view: RoadmapView = await world.ask(RoadmapReads, "one", actor, roadmap_id)
    return view


def as_outline(view: RoadmapView) -> Outline:
    modules = tuple(
        Module(
            id=module.id,
            title=module.title,
            summary=module.summary,
            skill=module.skill,
            minutes=module.minutes,
            weight=module.weight,
            prerequisites=tuple(module.prerequisites),
            resources=tuple(module.resources),
        )
        for module in view.modules
    )
    return Outline(title=view.title, modules=modules)


async def test_a_wish_is_kept_at_once_and_drawn_afterwards(world: World) -> None:
    learner = await world.learner()
    view = await world.do(RequestRoadmap, learner, a_brief())
    assert (view.status, view.stage, view.percent) == (RoadmapStatus.DRAFTING, "waiting", 0)
    waiting = await seen(world, learner, view.roadmap_id)
    assert (waiting.status, waiting.title, list(waiting.modules)) == (
        RoadmapStatus.DRAFTING,
        a_brief().goal,
        [],
    )


async def test_without_a_model_the_template_draws_it(world: World) -> None:
    learner = await world.learner()
    roadmap_id = await asked_for(world, learner)
    assert await world.settle() >= 1
    view = await seen(world, learner, roadmap_id)
    assert (view.status, view.author, view.reason) == (
        RoadmapStatus.READY,
        Author.TEMPLATE,
        "no model is configured",
    )
    assert not validate(as_outline(view), a_brief(), CATALOGUE)
    assert min(module.due_on for module in view.modules) >= view.starts_on


@pytest.mark.parametrize(
    ("script", "author", "reason"),
    [
        (good, Author.MODEL, None),
        (lying, Author.TEMPLATE, "the model's path broke our rules"),
        (unavailable, Author.TEMPLATE, "the model is busy"),
        (broken, Author.TEMPLATE, "the model could not be asked"),
        (mistaken, Author.TEMPLATE, "the model could not be asked"),
    ],
)
async def test_the_model_is_asked_first_and_never_trusted(
    world: World, script: Callable[[], Outline], author: Author, reason: str | None
) -> None:
    learner = await world.learner()
    roadmap_id = await asked_for(world, learner)
    await drawn_by(world, learner, roadmap_id, script)
    view = await seen(world, learner, roadmap_id)
    assert (view.status, view.author, view.reason) == (RoadmapStatus.READY, author, reason)
    assert not validate(as_outline(view), a_brief(), CATALOGUE)
    assert (view.title == an_outline().title) == (author is Author.MODEL)


async def test_a_path_that_was_drawn_twice_is_the_first(world: World) -> None:
    learner = await world.learner()
    roadmap_id = await asked_for(world, learner)
    await drawn_by(world, learner, roadmap_id, good)
    first = await seen(world, learner, roadmap_id)
    await drawn_by(world, learner, roadmap_id, unavailable)
    await world.settle()
    assert await seen(world, learner, roadmap_id) == first
    notices = await world.items(NoticeReads, "newest", learner, PageRequest(10))
    assert len(notices) == 1


async def test_who_waits_for_a_path_that_will_not_come_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner = await world.learner()
    roadmap_id = await asked_for(world, learner)
    with monkeypatch.context() as broken:
        broken.setattr(DraftRoadmap, "__call__", _fails)
        await world.settle()
    now = await world.ask(DraftTracker, "now", learner, roadmap_id)
    assert (now.status, now.percent) == (RoadmapStatus.FAILED, 100)
    assert "ask for it again" in (now.reason or "")
    jobs: Jobs = await world.worker.get(Jobs)
    assert (await jobs.counts())[JobState.DEAD] == 1
    await world.settle()
    (notice,) = await world.items(NoticeReads, "newest", learner, PageRequest(10))
    assert "ask for it again" in notice.body
    assert await asked_for(world, learner) != roadmap_id


async def test_a_path_that_is_there_is_not_given_up(world: World) -> None:
    learner = await world.learner()
    roadmap_id = await asked_for(world, learner)
    await drawn_by(world, learner, roadmap_id, good)
    event = RoadmapRequested(
        roadmap_id=roadmap_id, learner_id=learner.user_id, at=datetime.now(UTC)
    )
    await world.ask(DraftRoadmap, "give_up", world.system(), event)
    assert (await seen(world, learner, roadmap_id)).status is RoadmapStatus.READY


async def test_a_job_joins_the_dead_although_its_last_words_fail(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await asked_for(world, await world.learner())
    with monkeypatch.context() as broken:
        broken.setattr(DraftRoadmap, "__call__", _fails)
        broken.setattr(DraftRoadmap, "give_up", _fails)
        await world.settle()
    jobs: Jobs = await world.worker.get(Jobs)
    assert (await jobs.counts())[JobState.DEAD] == 1


async def _fails(*_: object) -> None:
    raise RuntimeError("the ink is dry")


async def test_a_domain_that_is_not_offered_is_refused_and_costs_nothing(world: World) -> None:
    learner = await world.learner()
    for _ in range(A_DAY + 1):
        with pytest.raises(UnknownDomain):
            await world.do(RequestRoadmap, learner, a_brief(domain=DomainId("alchemy")))
    assert await world.items(RoadmapReads, "mine", learner, PageRequest(10)) == []
    await asked_for(world, learner)


async def test_the_same_wish_again_is_the_roadmap_that_is_being_drawn(world: World) -> None:
    learner, other = await world.learner(), await world.learner()
    first = await asked_for(world, learner)
    for _ in range(A_DAY + 1):
        assert await asked_for(world, learner) == first
    assert await asked_for(world, other) != first
    for change in ({"goal": "Another"}, {"hours_per_week": 6}, {"known": frozenset({"git"})}):
        assert await asked_for(world, learner, a_brief(**change)) != first
    assert len(await world.items(RoadmapReads, "mine", learner, PageRequest(100))) == 4
    await world.settle()
    notices = await world.items(NoticeReads, "newest", learner, PageRequest(10))
    assert len(notices) == 4
    assert await asked_for(world, learner) != first


async def test_the_same_wish_again_is_told_how_far_the_drawing_is(world: World) -> None:
    learner = await world.learner()
    roadmap_id = await asked_for(world, learner)
    told = GenerationView(
        roadmap_id=roadmap_id, status=RoadmapStatus.DRAFTING, stage="drawing the path", percent=20
    )
    async with world.scope(learner) as scope:
        await (await scope.get(DraftTracker)).tell(told)
    again: GenerationView = await world.do(RequestRoadmap, learner, a_brief())
    assert replace(again, reason=None) == told


async def test_ten_equal_wishes_at_once_are_one_roadmap(world: World) -> None:
    for _ in range(3):
        learner = await world.learner()
        made = await asyncio.gather(*(asked_for(world, learner) for _ in range(10)))
        assert len(set(made)) == 1
        (kept,) = await world.items(RoadmapReads, "mine", learner, PageRequest(100))
        assert kept.id == made[0]
        await world.settle()
        assert len(await world.items(NoticeReads, "newest", learner, PageRequest(10))) == 1


@pytest.mark.row("C7")
async def test_a_learner_asks_for_20_a_day_and_another_for_their_own(world: World) -> None:
    learner, other = await world.learner(), await world.learner()
    for number in range(A_DAY):
        await asked_for(world, learner, a_brief(goal=f"Goal {number}"))
    with pytest.raises(TooMany) as refused:
        await asked_for(world, learner)
    assert 0 < refused.value.retry_after <= 24 * 3600
    assert len(await world.items(RoadmapReads, "mine", learner, PageRequest(100))) == A_DAY
    await asked_for(world, other)


@pytest.mark.row("C7")
async def test_a_wish_that_fails_costs_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner = await world.learner()
    with monkeypatch.context() as dry:
        dry.setattr(drafting, "uuid4", Mock(side_effect=RuntimeError("the ink is dry")))
        for _ in range(A_DAY + 1):
            with pytest.raises(RuntimeError, match="dry"):
                await asked_for(world, learner)
    await asked_for(world, learner)


async def test_there_is_nothing_to_draw_for_nobody(world: World) -> None:
    learner = await world.learner()
    with pytest.raises(UnknownRoadmap):
        await drawn_by(world, learner, RoadmapId(uuid4()), good)
