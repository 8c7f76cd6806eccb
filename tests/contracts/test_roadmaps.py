"""What every store of roadmaps promises, on every backend."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from tests.support.given.world import World
from tests.unit.roadmaps.examples import a_brief, an_outline

from skillbridge.application.paging import Key, Page, PageRequest
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.progress.completion import CompleteModule
from skillbridge.application.roadmaps.ports import RoadmapReads, Roadmaps
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import StaleWrite
from skillbridge.domain.ids import RoadmapId, SkillId, TenantId
from skillbridge.domain.roadmaps.roadmap import Author, Roadmap, RoadmapStatus
from skillbridge.domain.unknown import UnknownRoadmap

pytestmark = pytest.mark.row("E1", "B9", "A9")

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
READS = ("one", "generation", "brief")


@asynccontextmanager
async def opened(world: World, actor: Actor) -> AsyncIterator[Roadmaps]:
    async with world.scope(actor) as scope:
        roadmaps, transaction = await scope.get(Roadmaps), await scope.get(Transaction)
        async with transaction(actor):
            yield roadmaps


async def kept(world: World, learner: Actor, *, ready: bool = True) -> Roadmap:
    """A roadmap as it was given away; it has version 1 once it is there."""
    roadmap, _ = Roadmap.request(
        RoadmapId(uuid4()),
        a_brief(known=frozenset({SkillId("git"), SkillId("css")})),
        tenant_id=learner.tenant_id,
        learner_id=learner.user_id,
        at=NOW,
    )
    if ready:
        async with opened(world, learner) as roadmaps:
            await roadmaps.add(roadmap)
        async with opened(world, world.system()) as roadmaps:
            roadmap = await roadmaps.get(roadmap.id)
            roadmap.adopt(an_outline(), Author.MODEL, at=NOW, reason="because")
            await roadmaps.save(roadmap)
        return roadmap
    async with opened(world, learner) as roadmaps:
        await roadmaps.add(roadmap)
    return roadmap


async def test_a_roadmap_comes_back_as_it_was_kept(world: World) -> None:
    learner = await world.learner()
    drafting = await kept(world, learner, ready=False)
    async with opened(world, learner) as roadmaps:
        assert await roadmaps.get(drafting.id) == replace(drafting, version=1)
    ready = await kept(world, learner)
    async with opened(world, learner) as roadmaps:
        assert await roadmaps.get(ready.id) == replace(ready, version=2)


async def test_the_newest_that_is_drafting_for_an_equal_brief_is_found(world: World) -> None:
    learner, stranger = await world.learner(), await world.learner()
    await kept(world, learner)
    (first, second) = [await kept(world, learner, ready=False) for _ in range(2)]
    other = replace(first.brief, known=frozenset())
    abroad = replace(learner, tenant_id=TenantId(uuid4()))
    async with opened(world, learner) as roadmaps:
        assert await roadmaps.drafting_like(learner.user_id, first.brief) == second.id
        assert await roadmaps.drafting_like(learner.user_id, other) is None
    for actor in (stranger, abroad):
        async with opened(world, actor) as roadmaps:
            assert await roadmaps.drafting_like(actor.user_id, first.brief) is None
    async with opened(world, world.system()) as roadmaps:  # that could read everybody's
        assert await roadmaps.drafting_like(learner.user_id, first.brief) == second.id
        assert await roadmaps.drafting_like(stranger.user_id, first.brief) is None
    for roadmap in (first, second):
        async with opened(world, world.system()) as roadmaps:
            drawn = await roadmaps.get(roadmap.id)
            drawn.fail("no path was found", at=NOW)
            await roadmaps.save(drawn)
    async with opened(world, learner) as roadmaps:
        assert await roadmaps.drafting_like(learner.user_id, first.brief) is None


async def test_what_one_reads_is_ones_own_copy(world: World) -> None:
    learner = await world.learner()
    roadmap = await kept(world, learner)
    async with opened(world, learner) as roadmaps:
        (await roadmaps.get(roadmap.id)).title = "Changed and never saved"
    async with opened(world, learner) as roadmaps:
        assert (await roadmaps.get(roadmap.id)).title == roadmap.title


async def test_who_saves_second_has_seen_something_old(world: World) -> None:
    learner = await world.learner()
    roadmap = await kept(world, learner)
    async with opened(world, learner) as roadmaps:
        first = await roadmaps.get(roadmap.id)
    second = replace(first, title="Second")
    async with opened(world, world.system()) as roadmaps:
        await roadmaps.save(replace(first, title="First"))
    with pytest.raises(StaleWrite):
        async with opened(world, world.system()) as roadmaps:
            await roadmaps.save(second)
    assert (await world.ask(RoadmapReads, "one", learner, roadmap.id)).title == "First"


async def test_a_reader_sees_all_of_it(world: World) -> None:
    learner = await world.learner()
    roadmap = await kept(world, learner)
    await world.do(CompleteModule, learner, roadmap.id, roadmap.modules[0].id)
    view = await world.ask(RoadmapReads, "one", learner, roadmap.id)
    assert (view.id, view.title, view.goal) == (roadmap.id, roadmap.title, roadmap.brief.goal)
    assert (view.status, view.author, view.reason) == ("ready", "model", "because")
    assert list(view.known) == ["css", "git"]
    assert [module.id for module in view.modules] == [module.id for module in roadmap.modules]
    assert {module.id: module.due_on for module in view.modules} == dict(roadmap.due)
    assert [module.completed_at is not None for module in view.modules] == [True, False, False]
    assert view.percent == 33
    assert view.created_at <= view.updated_at
    assert await world.ask(RoadmapReads, "brief", learner, roadmap.id) == roadmap.brief


async def test_a_module_done_in_one_roadmap_is_open_to_the_reader_of_another(world: World) -> None:
    learner = await world.learner()
    done, other = [await kept(world, learner) for _ in range(2)]
    await world.do(CompleteModule, learner, done.id, done.modules[0].id)
    assert other.modules[0].id == done.modules[0].id
    for roadmap, first in ((done, True), (other, False)):
        view = await world.ask(RoadmapReads, "one", learner, roadmap.id)
        completed = [module.completed_at is not None for module in view.modules]
        assert completed == [first, False, False]


async def test_the_database_knows_whether_it_is_drawn(world: World) -> None:
    learner = await world.learner()
    drafting, ready = await kept(world, learner, ready=False), await kept(world, learner)
    waiting = await world.ask(RoadmapReads, "generation", learner, drafting.id)
    assert (waiting.status, waiting.stage, waiting.percent) == ("drafting", "waiting", 0)
    done = await world.ask(RoadmapReads, "generation", learner, ready.id)
    assert (done.status, done.stage, done.percent) == ("ready", "ready", 100)
    async with opened(world, world.system()) as roadmaps:
        failed = await roadmaps.get(drafting.id)
        failed.fail("no path was found", at=NOW)
        await roadmaps.save(failed)
    over = await world.ask(RoadmapReads, "generation", learner, drafting.id)
    assert (over.status, over.percent) == (RoadmapStatus.FAILED, 100)
    assert (over.author, over.reason) == (None, "no path was found")


async def test_the_list_is_ones_own_newest_first_page_by_page(world: World) -> None:
    learner, stranger = await world.learner(), await world.learner()
    await kept(world, stranger)
    ids = [(await kept(world, learner, ready=False)).id for _ in range(5)]
    whole = await world.items(RoadmapReads, "mine", learner, PageRequest(5))
    assert [row.id for row in whole] == ids[::-1]
    first = await world.ask(RoadmapReads, "mine", learner, PageRequest(2))
    assert first == Page(whole[:2], Key(whole[1].created_at, whole[1].id))
    rest = await world.ask(RoadmapReads, "mine", learner, PageRequest(3, first.next))
    assert rest == Page(whole[2:])


@pytest.mark.row("B2", "B11")
async def test_another_person_and_another_tenant_find_nothing(world: World) -> None:
    learner, stranger = await world.learner(), await world.learner()
    roadmap = await kept(world, learner)
    abroad = replace(learner, tenant_id=TenantId(uuid4()))
    for actor in (stranger, abroad):
        for read in READS:
            with pytest.raises(UnknownRoadmap):
                await world.ask(RoadmapReads, read, actor, roadmap.id)
        with pytest.raises(UnknownRoadmap):
            async with opened(world, actor) as roadmaps:
                await roadmaps.get(roadmap.id)
        assert list(await world.items(RoadmapReads, "mine", actor, PageRequest(9))) == []


async def test_a_roadmap_that_never_was_is_unknown(world: World) -> None:
    learner, nothing = await world.learner(), RoadmapId(uuid4())
    for read in READS:
        with pytest.raises(UnknownRoadmap):
            await world.ask(RoadmapReads, read, learner, nothing)
