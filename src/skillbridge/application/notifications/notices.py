"""Telling people, and their having read it."""

from dataclasses import dataclass

from skillbridge.application.notifications.ports import NoticePush, Notices, People
from skillbridge.application.ports.clock import Clock
from skillbridge.application.ports.tenants import Tenants, is_called
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.event import Event
from skillbridge.domain.ids import NoticeId
from skillbridge.domain.notifications.told import notices_of, people_in


@dataclass(frozen=True, slots=True)
class NotifyPeople:
    """Those whom an event concerns are told of it, once; equal unread notices are one."""

    transaction: Transaction
    people: People
    notices: Notices
    notice_push: NoticePush
    tenants: Tenants

    async def __call__(self, actor: Actor, event: Event) -> None:
        async with self.transaction(actor):
            names = await self.people.names(people_in(event).values())
            told = notices_of(event, names)
            new = [notice for notice in told if await self.notices.add(notice)]
        if new and await is_called(self.tenants, self.notice_push.tenant, actor.tenant_id):
            await self.notice_push.push(new)


@dataclass(frozen=True, slots=True)
class MarkNoticeRead:
    """A person has read a notice; reading it again changes nothing. Raises UnknownNotice."""

    transaction: Transaction
    notices: Notices
    clock: Clock

    async def __call__(self, actor: Actor, notice_id: NoticeId) -> None:
        async with self.transaction(actor):
            await self.notices.mark_read(actor.user_id, notice_id, self.clock())


@dataclass(frozen=True, slots=True)
class MarkAllNoticesRead:
    """A person has seen all that they were told so far."""

    transaction: Transaction
    notices: Notices
    clock: Clock

    async def __call__(self, actor: Actor) -> None:
        async with self.transaction(actor):
            await self.notices.mark_all_read(actor.user_id, self.clock())
