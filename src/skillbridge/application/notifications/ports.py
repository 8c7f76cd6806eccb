"""What notifications need from outside."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from skillbridge.application.notifications.views import NoticeView, Unread
from skillbridge.application.paging import Key, Page, PageRequest
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import NoticeId, UserId
from skillbridge.domain.notifications.notice import Notice
from skillbridge.domain.notifications.told import Names


class People(Protocol):
    async def names(self, user_ids: Collection[UserId]) -> Names:
        """What people are called; whoever has no profile is left out."""
        ...


class Notices(Protocol):
    """What people were told. Only the system tells, only the one who was told reads."""

    async def add(self, notice: Notice) -> bool:
        """False when what was done, the event, or something newer about the same is told already.

        An unread one of its kind about the same is not kept beside it: it becomes this one.
        """
        ...

    async def mark_read(self, user_id: UserId, notice_id: NoticeId, at: datetime) -> None:
        """The first time counts. Raises UnknownNotice."""

    async def mark_all_read(self, user_id: UserId, at: datetime) -> None:
        """Every notice that is there and unread."""


class NoticePush(Protocol):
    """Tells the programs of people at once that there is a notice."""

    @property
    def tenant(self) -> str | None:
        """The short name of the tenant whose people it reaches; None where there is nothing to push to."""
        ...

    async def push(self, notices: Sequence[Notice]) -> None:
        """Whose it is and of what kind, never what it says.

        Once, and not again: the notice is stored, and a client that was away looks. What did not come through is
        in the log.
        """
        ...


class NoticeReads(Protocol):
    async def newest(self, actor: Actor, page: PageRequest[Key]) -> Page[NoticeView, Key]:
        """The actor's notices, newest first."""
        ...

    async def unread(self, actor: Actor) -> Unread: ...
