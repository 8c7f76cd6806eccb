"""Notices in PostgreSQL."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import (
    UUID,
    and_,
    any_,
    bindparam,
    exists,
    func,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert

from skillbridge.adapters.postgres.accounts.tables import profiles
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query, Read
from skillbridge.adapters.postgres.notifications.tables import notices
from skillbridge.application.notifications.views import NoticeView, Unread
from skillbridge.application.paging import Key
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import NoticeId, UserId
from skillbridge.domain.notifications.notice import Notice, UnknownNotice
from skillbridge.domain.notifications.templates import Names

NAMES = Query(
    select(profiles.c.user_id, profiles.c.name)
    .where(profiles.c.tenant_id == func.app.tenant_id())
    .where(profiles.c.user_id == any_(bindparam("people", type_=ARRAY(UUID))))
)
_GIVEN = ["id", "user_id", "event_id", "kind", "about", "title", "body", "link", "created_at"]
_given = {name: bindparam(name, type_=notices.c[name].type) for name in _GIVEN}
_told = (
    select(notices.c.id)
    .where(notices.c.user_id == _given["user_id"])
    .where(
        or_(
            notices.c.id == _given["id"],
            notices.c.event_id == _given["event_id"],
            and_(
                notices.c.kind == _given["kind"],
                notices.c.about == _given["about"],
                notices.c.created_at >= _given["created_at"],
            ),
        )
    )
)
_new = insert(notices).from_select(
    ["tenant_id", *_GIVEN], select(func.app.tenant_id(), *_given.values()).where(~exists(_told))
)
# Two workers at once: the second waits at the index for the first, and the newer of both stays.
ADD = Query(
    _new.on_conflict_do_update(
        index_elements=[notices.c.user_id, notices.c.kind, notices.c.about],
        index_where=text("read_at is null and about <> ''"),
        set_={
            name: _new.excluded[name]
            for name in ("event_id", "title", "body", "link", "created_at")
        },
        where=and_(
            notices.c.tenant_id == func.app.tenant_id(),
            _new.excluded.created_at > notices.c.created_at,
        ),
    )
)
_read = func.coalesce(notices.c.read_at, bindparam("at"))
READ = Query(
    update(notices)
    .where(notices.c.id == bindparam("notice"), notices.c.user_id == bindparam("reader"))
    .values(read_at=_read)
)
READ_ALL = Query(
    update(notices)
    .where(notices.c.user_id == bindparam("reader"), notices.c.read_at.is_(None))
    .values(read_at=bindparam("at"))
)
UNREAD = Read(
    select(func.count()).where(
        notices.c.user_id == bindparam("reader"), notices.c.read_at.is_(None)
    )
)
_newest = (
    select(
        notices.c.id,
        notices.c.kind,
        notices.c.title,
        notices.c.body,
        notices.c.link,
        notices.c.created_at,
        notices.c.read_at,
    )
    .where(notices.c.user_id == bindparam("reader"))
    .order_by(notices.c.created_at.desc(), notices.c.id.desc())
    .limit(bindparam("most"))
)
FIRST = Read(_newest)
NEXT = Read(
    _newest.where(
        tuple_(notices.c.created_at, notices.c.id)
        < tuple_(
            bindparam("before", type_=notices.c.created_at.type), bindparam("last", type_=UUID)
        )
    )
)


@dataclass(frozen=True, slots=True)
class PostgresPeople:
    session: Session

    async def names(self, user_ids: Collection[UserId]) -> Names:
        rows = await self.session.connection.rows(NAMES, people=list(user_ids)) if user_ids else []
        return {row["user_id"]: row["name"] for row in rows}


@dataclass(frozen=True, slots=True)
class PostgresNotices:
    session: Session

    async def add(self, notice: Notice) -> bool:
        return bool(await self.session.connection.run(ADD, **asdict(notice)))

    async def mark_read(self, user_id: UserId, notice_id: NoticeId, at: datetime) -> None:
        if not await self.session.connection.run(READ, reader=user_id, notice=notice_id, at=at):
            raise UnknownNotice("there is no such notice among yours")

    async def mark_all_read(self, user_id: UserId, at: datetime) -> None:
        await self.session.connection.run(READ_ALL, reader=user_id, at=at)


@dataclass(frozen=True, slots=True)
class PostgresNoticeReads:
    database: Database

    async def newest(self, actor: Actor, *, after: Key | None, limit: int) -> Sequence[NoticeView]:
        asked = {"reader": actor.user_id, "most": limit}
        if after is None:
            rows = await self.database.read(actor, FIRST, **asked)
        else:
            rows = await self.database.read(actor, NEXT, **asked, before=after.at, last=after.id)
        return [NoticeView(*row) for row in rows]

    async def unread(self, actor: Actor) -> Unread:
        ((number,),) = await self.database.read(actor, UNREAD, reader=actor.user_id)
        return Unread(number)
