"""Notices in PostgreSQL: what is written."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, exists, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.postgres.engine.clauses import TENANT, here
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query
from skillbridge.adapters.postgres.notifications.tables import notices
from skillbridge.application.notifications.ports import Notices
from skillbridge.domain.ids import NoticeId, UserId
from skillbridge.domain.notifications.notice import Notice, UnknownNotice

_GIVEN = ["id", "user_id", "event_id", "kind", "about", "title", "body", "link", "created_at"]
_given = {name: bindparam(name, type_=notices.c[name].type) for name in _GIVEN}
_told = (
    select(notices.c.id)
    .where(here(notices), notices.c.user_id == _given["user_id"])
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
    ["tenant_id", *_GIVEN], select(TENANT, *_given.values()).where(~exists(_told))
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
            here(notices),
            _new.excluded.created_at > notices.c.created_at,
        ),
    )
)
_theirs = and_(here(notices), notices.c.user_id == bindparam("user_id"))
READ = Query(
    update(notices)
    .where(_theirs, notices.c.id == bindparam("id"))
    .values(read_at=func.coalesce(notices.c.read_at, bindparam("at")))
)
READ_ALL = Query(
    update(notices).where(_theirs, notices.c.read_at.is_(None)).values(read_at=bindparam("at"))
)


@dataclass(frozen=True, slots=True)
class PostgresNotices:
    session: Session

    async def add(self, notice: Notice) -> bool:
        return bool(await self.session.connection.run(ADD, notice))

    async def mark_read(self, user_id: UserId, notice_id: NoticeId, at: datetime) -> None:
        if not await self.session.connection.run(READ, user_id=user_id, id=notice_id, at=at):
            raise UnknownNotice("there is no such notice among yours")

    async def mark_all_read(self, user_id: UserId, at: datetime) -> None:
        await self.session.connection.run(READ_ALL, user_id=user_id, at=at)


BINDINGS: Bindings = (Binding[Notices](PostgresNotices),)
