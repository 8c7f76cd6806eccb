"""What every store of notices promises, on every backend."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from typing import Any
from uuid import uuid4

import pytest
from tests.support.given.learning import NOW
from tests.support.given.world import World
from tests.support.http.walking import walked

from skillbridge.application.notifications.ports import NoticeReads, Notices, People
from skillbridge.application.notifications.views import NoticeView, Unread
from skillbridge.application.paging import Key, PageRequest
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import EventId, NoticeId, UserId
from skillbridge.domain.notifications.notice import Notice, UnknownNotice

pytestmark = pytest.mark.row("J2", "A9")


def a_notice(to: Actor, *, minutes: int = 0, about: str = "") -> Notice:
    return Notice(
        id=NoticeId(uuid4()),
        user_id=to.user_id,
        event_id=EventId(uuid4()),
        kind="BadgeAwarded",
        about=about or uuid4().hex,
        title=f"After {minutes} minutes",
        body="You have earned it.",
        link="/me/badges",
        created_at=NOW + timedelta(minutes=minutes),
    )


async def call(world: World, actor: Actor, method: str, *args: Any) -> Any:
    async with world.scope(actor) as scope:
        notices, transaction = await scope.get(Notices), await scope.get(Transaction)
        async with transaction(actor):
            return await getattr(notices, method)(*args)


async def tell(world: World, *notices: Notice) -> list[bool]:
    return [await call(world, world.system(), "add", notice) for notice in notices]


async def newest(
    world: World, actor: Actor, *, after: Key | None = None, limit: int = 10
) -> list[NoticeView]:
    return list(await world.items(NoticeReads, "newest", actor, PageRequest(limit, after)))


async def test_a_person_is_told_of_an_event_once(world: World) -> None:
    learner = await world.learner()
    notice = a_notice(learner)
    again = replace(notice, id=NoticeId(uuid4()), title="In other words")
    assert await tell(world, notice, notice, again) == [True, False, False]
    (view,) = await newest(world, learner)
    assert (view.id, view.title, view.read_at) == (notice.id, "After 0 minutes", None)


async def test_what_is_done_again_is_told_once_though_it_was_read(world: World) -> None:
    learner = await world.learner()
    notice = a_notice(learner)
    again = replace(notice, event_id=EventId(uuid4()), created_at=NOW + timedelta(hours=1))
    assert await tell(world, notice, again) == [True, False]
    await call(world, learner, "mark_all_read", learner.user_id, NOW)
    assert await tell(world, again) == [False]
    assert len(await newest(world, learner)) == 1


async def test_an_unread_notice_gives_way_to_a_newer_one_about_the_same(world: World) -> None:
    learner, other = await world.learner(), await world.learner()
    first, second, third = (a_notice(learner, minutes=n, about="Ada") for n in range(3))
    elsewhere = a_notice(learner, minutes=1, about="Bo"), a_notice(other, about="Ada")
    assert await tell(world, second, first, third, *elsewhere) == [True, False, True, True, True]
    views = await newest(world, learner)
    assert [(view.id, view.title) for view in views] == [
        (second.id, "After 2 minutes"),
        (elsewhere[0].id, "After 1 minutes"),
    ], "what was seen as one notice can be read as one"
    assert await tell(world, first, second, third) == [False] * 3, "as when jobs run again"
    await call(world, learner, "mark_all_read", learner.user_id, NOW)
    assert await tell(world, first, second, third) == [False] * 3
    assert await tell(world, a_notice(learner, minutes=3, about="Ada")) == [True]
    assert await world.ask(NoticeReads, "unread", learner) == Unread(1)


async def test_many_workers_at_once_tell_the_newest_of_equal_notices(world: World) -> None:
    learner = await world.learner()
    told = [a_notice(learner, minutes=n, about="Ada") for n in range(20)]
    shuffled = sorted(told, key=lambda notice: notice.id)
    await asyncio.gather(*(tell(world, notice) for notice in shuffled))
    (view,) = await newest(world, learner)
    assert view.title == "After 19 minutes"


async def test_two_people_are_told_of_the_same_event(world: World) -> None:
    one, other = await world.learner(), await world.learner()
    notice = a_notice(one)
    twin = replace(notice, id=NoticeId(uuid4()), user_id=other.user_id)
    assert await tell(world, notice, twin) == [True, True]


async def test_notices_are_paged_newest_first(world: World) -> None:
    learner = await world.learner()
    told = [a_notice(learner, minutes=number // 2) for number in range(7)]
    await tell(world, *told)
    pages = await walked(
        lambda after: newest(world, learner, after=after, limit=3),
        lambda view: Key(view.created_at, view.id),
    )
    expected = sorted(told, key=lambda one: (one.created_at, one.id), reverse=True)
    assert [view.id for view in chain.from_iterable(pages)] == [notice.id for notice in expected]
    assert [len(page) for page in pages] == [3, 3, 1]


async def test_the_first_reading_counts(world: World) -> None:
    learner = await world.learner()
    notice, other = a_notice(learner), a_notice(learner, minutes=1)
    await tell(world, notice, other)
    assert await world.ask(NoticeReads, "unread", learner) == Unread(2)
    for at in (NOW, NOW + timedelta(hours=1)):
        await call(world, learner, "mark_read", learner.user_id, notice.id, at)
    assert [view.read_at for view in await newest(world, learner)] == [None, NOW]
    await call(world, learner, "mark_all_read", learner.user_id, NOW + timedelta(hours=2))
    assert [view.read_at for view in await newest(world, learner)] == [
        NOW + timedelta(hours=2),
        NOW,
    ]
    assert await world.ask(NoticeReads, "unread", learner) == Unread(0)


async def test_a_notice_is_seen_and_read_by_its_owner_only(world: World) -> None:
    owner, stranger = await world.learner(), await world.learner()
    notice = a_notice(owner)
    await tell(world, notice)
    assert await newest(world, stranger) == []
    assert await world.ask(NoticeReads, "unread", stranger) == Unread(0)
    for claimed in (owner, stranger):
        with pytest.raises(UnknownNotice):
            await call(world, stranger, "mark_read", claimed.user_id, notice.id, NOW)
        await call(world, stranger, "mark_all_read", claimed.user_id, NOW)
    assert await world.ask(NoticeReads, "unread", owner) == Unread(1)


async def test_a_notice_that_is_not_there_cannot_be_read(world: World) -> None:
    learner = await world.learner()
    with pytest.raises(UnknownNotice):
        await call(world, learner, "mark_read", learner.user_id, NoticeId(uuid4()), NOW)


async def test_names_are_of_those_who_have_one(world: World) -> None:
    learner, nobody = await world.learner(), UserId(uuid4())
    async with world.scope(world.system()) as scope:
        people, transaction = await scope.get(People), await scope.get(Transaction)
        async with transaction(world.system(), read_only=True):
            assert await people.names([]) == {}
            names = await people.names([learner.user_id, nobody])
    assert names == {learner.user_id: "Amina"}
