"""People are told of what happened, once, and say when they have read it."""

from typing import Any

import pytest
from tests.support.given.learning import NOW, a_match, a_roadmap, modules
from tests.support.given.matching import mentor as a_mentor
from tests.support.given.world import World

from skillbridge.application.matching.matches import RequestMatch, WithdrawMatch
from skillbridge.application.notifications.notices import (
    MarkAllNoticesRead,
    MarkNoticeRead,
    NotifyPeople,
)
from skillbridge.application.notifications.ports import NoticeReads
from skillbridge.application.notifications.views import NoticeView, Unread
from skillbridge.application.paging import PageRequest
from skillbridge.application.progress.completion import CompleteModule, UndoModule
from skillbridge.application.reactions import REACTIONS
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.matching import MatchEnded, MatchRequested
from skillbridge.domain.events.profiles import ProfileChanged
from skillbridge.domain.ids import ModuleId
from skillbridge.domain.notifications.notice import UnknownNotice
from skillbridge.domain.notifications.templates import TEMPLATES

pytestmark = pytest.mark.row("J2", "A9")


async def told(world: World, actor: Actor) -> list[NoticeView]:
    return list(await world.items(NoticeReads, "newest", actor, PageRequest(100)))


async def unread(world: World, actor: Actor) -> Unread:
    counted: Unread = await world.ask(NoticeReads, "unread", actor)
    return counted


def test_whatever_has_a_template_is_told() -> None:
    assert {kind for kind, kinds in REACTIONS.items() if NotifyPeople in kinds} == set(TEMPLATES)


async def test_finishing_a_roadmap_is_told_step_by_step(world: World) -> None:
    learner, other = await world.learner(), await world.learner()
    roadmap_id = await a_roadmap(world, learner, modules(1))
    await world.do(CompleteModule, learner, roadmap_id, ModuleId("m0"))
    await world.settle()
    notices = await told(world, learner)
    assert sorted(notice.kind for notice in notices) == [
        "BadgeAwarded",
        "BadgeAwarded",
        "ModuleCompleted",
        "RoadmapCompleted",
    ]
    assert {f"/roadmaps/{roadmap_id}", "/me/badges"} == {notice.link for notice in notices}
    assert await told(world, other) == []


async def test_what_is_undone_and_done_again_is_told_once(world: World) -> None:
    learner = await world.learner()
    roadmap_id = await a_roadmap(world, learner, modules(1, 1))
    for module in ("m0", "m1"):
        await world.do(CompleteModule, learner, roadmap_id, ModuleId(module))
    await world.settle()
    before = await told(world, learner)
    assert {"ModuleCompleted", "RoadmapCompleted", "BadgeAwarded"} == {one.kind for one in before}
    await world.do(MarkAllNoticesRead, learner)
    for _ in range(3):
        await world.do(UndoModule, learner, roadmap_id, ModuleId("m1"))
        await world.do(CompleteModule, learner, roadmap_id, ModuleId("m1"))
        await world.settle()
    assert [one.id for one in await told(world, learner)] == [one.id for one in before]
    assert await unread(world, learner) == Unread(0)


async def test_who_asks_and_withdraws_again_and_again_is_told_of_once(world: World) -> None:
    learner, other, mentor = await world.learner(), await world.learner(), await a_mentor(world)
    for _ in range(10):
        asked = await world.do(RequestMatch, learner, mentor.user_id, "")
        await world.do(WithdrawMatch, learner, asked.id)
    await world.do(RequestMatch, other, mentor.user_id, "")
    await world.settle()
    notices = await told(world, mentor)
    assert sorted(notice.kind for notice in notices) == [
        "MatchRequested",
        "MatchRequested",
        "MatchWithdrawn",
    ]
    assert await unread(world, mentor) == Unread(3)
    (withdrawn,) = (notice for notice in notices if notice.kind == "MatchWithdrawn")
    assert withdrawn.link == f"/matches/{asked.id}", "the newest of them"


async def test_telling_twice_is_telling_once(world: World) -> None:
    learner, mentor = await world.learner(), await world.mentor()
    sides: dict[str, Any] = {"learner_id": learner.user_id, "mentor_id": mentor.user_id}
    match_id = await a_match(world, learner, mentor)
    event = MatchRequested(match_id=match_id, **sides, at=NOW)
    for _ in range(2):
        await world.do(NotifyPeople, world.system(), event)
    (notice,) = await told(world, mentor)
    assert notice.title == "Amina asks you to be their mentor"
    assert (notice.created_at, notice.link) == (NOW, f"/matches/{match_id}")
    assert await told(world, learner) == []


async def test_one_event_can_concern_both(world: World) -> None:
    learner, mentor = await world.learner(), await world.mentor()
    event = MatchEnded(
        match_id=await a_match(world, learner, mentor),
        learner_id=learner.user_id,
        mentor_id=mentor.user_id,
        by=world.system().user_id,
        completed=False,
        at=NOW,
    )
    for _ in range(2):
        await world.do(NotifyPeople, world.system(), event)
    assert len(await told(world, learner)) == len(await told(world, mentor)) == 1


async def test_what_concerns_nobody_is_not_told(world: World) -> None:
    learner = await world.learner()
    await world.do(NotifyPeople, world.system(), ProfileChanged(user_id=learner.user_id, at=NOW))
    assert await told(world, learner) == []


async def test_notices_are_read_one_by_one_or_all(world: World) -> None:
    learner, stranger = await world.learner(), await world.learner()
    roadmap_id = await a_roadmap(world, learner, modules(1))
    await world.do(CompleteModule, learner, roadmap_id, ModuleId("m0"))
    await world.settle()
    newest, *_ = await told(world, learner)
    assert await unread(world, learner) == Unread(4)
    with pytest.raises(UnknownNotice):
        await world.do(MarkNoticeRead, stranger, newest.id)
    await world.do(MarkAllNoticesRead, stranger)
    assert await unread(world, learner) == Unread(4)
    await world.do(MarkNoticeRead, learner, newest.id)
    await world.do(MarkNoticeRead, learner, newest.id)
    assert await unread(world, learner) == Unread(3)
    await world.do(MarkAllNoticesRead, learner)
    assert await unread(world, learner) == Unread(0)
    assert all(notice.read_at for notice in await told(world, learner))
