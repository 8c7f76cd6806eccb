"""Notices in dictionaries."""

from collections.abc import Collection, Iterator, MutableMapping
from dataclasses import dataclass, replace
from datetime import datetime

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.memory.store import MemorySession
from skillbridge.application.notifications.ports import NoticeReads, Notices, People
from skillbridge.application.notifications.views import NoticeView, Unread
from skillbridge.application.paging import Key, Page, PageRequest, cut
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import NoticeId, UserId
from skillbridge.domain.notifications.notice import Notice, UnknownNotice
from skillbridge.domain.notifications.told import Names


@dataclass(slots=True)
class NoticeRow:
    notice: Notice
    read_at: datetime | None = None

    @property
    def user_id(self) -> UserId:
        return self.notice.user_id


@dataclass(frozen=True, slots=True)
class MemoryPeople:
    session: MemorySession

    async def names(self, user_ids: Collection[UserId]) -> Names:
        profiles = self.session.table("profiles")
        return {
            user_id: profiles[user_id].details.name for user_id in user_ids if user_id in profiles
        }


@dataclass(frozen=True, slots=True)
class MemoryNotices:
    session: MemorySession

    async def add(self, notice: Notice) -> bool:
        table: MutableMapping[NoticeId, NoticeRow] = self.session.table("notices")
        told = [row for row in table.values() if row.notice.user_id == notice.user_id]
        if any(_settles(row.notice, notice) for row in told):
            return False
        for row in told:
            if row.read_at is None and _same(row.notice, notice):
                row.notice = replace(notice, id=row.notice.id)
                return True
        table[notice.id] = NoticeRow(notice)
        return True

    async def mark_read(self, user_id: UserId, notice_id: NoticeId, at: datetime) -> None:
        row: NoticeRow | None = self.session.table("notices").get(notice_id)
        if row is None or row.user_id != user_id:
            raise UnknownNotice("there is no such notice among yours")
        row.read_at = row.read_at or at

    async def mark_all_read(self, user_id: UserId, at: datetime) -> None:
        for row in self.session.table("notices").values():
            if row.user_id == user_id:
                row.read_at = row.read_at or at


@dataclass(frozen=True, slots=True)
class MemoryNoticeReads:
    session: MemorySession

    async def newest(self, actor: Actor, page: PageRequest[Key]) -> Page[NoticeView, Key]:
        return cut(self._own(actor), page, lambda view: Key(view.created_at, view.id))

    async def unread(self, actor: Actor) -> Unread:
        return Unread(sum(view.read_at is None for view in self._own(actor)))

    def _own(self, actor: Actor) -> Iterator[NoticeView]:
        for row in self.session.table("notices", of=actor).values():
            told = row.notice
            if told.user_id == actor.user_id:
                yield NoticeView(
                    told.id,
                    told.kind,
                    told.title,
                    told.body,
                    told.link,
                    told.created_at,
                    row.read_at,
                )


def _same(one: Notice, other: Notice) -> bool:
    return (one.kind, one.about) == (other.kind, other.about)


def _settles(told: Notice, notice: Notice) -> bool:
    """Whether nothing is left to tell."""
    newer = _same(told, notice) and told.created_at >= notice.created_at
    return newer or told.id == notice.id or told.event_id == notice.event_id


BINDINGS: Bindings = (
    Binding[People](MemoryPeople),
    Binding[Notices](MemoryNotices),
    Binding[NoticeReads](MemoryNoticeReads),
)
