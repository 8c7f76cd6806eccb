"""Notices in PostgreSQL: what is read."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import asyncpg
from sqlalchemy import UUID, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.postgres.engine.clauses import here, mine
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Pages, Query, Read
from skillbridge.adapters.postgres.notifications.tables import notices
from skillbridge.adapters.postgres.profiles.tables import profiles
from skillbridge.application.notifications.ports import NoticeReads, People
from skillbridge.application.notifications.views import NoticeView, Unread
from skillbridge.application.paging import Key, Page, PageRequest
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import UserId
from skillbridge.domain.notifications.told import Names

NAMES = Query(
    select(profiles.c.user_id, profiles.c.name).where(
        here(profiles), profiles.c.user_id == any_(bindparam("people", type_=ARRAY(UUID)))
    )
)
UNREAD = Read(select(func.count()).where(mine(notices), notices.c.read_at.is_(None)))
NEWEST = Pages.of(
    Key,
    select(
        notices.c.id,
        notices.c.kind,
        notices.c.title,
        notices.c.body,
        notices.c.link,
        notices.c.created_at,
        notices.c.read_at,
    ).where(mine(notices)),
    notices.c.created_at,
    notices.c.id,
)


@dataclass(frozen=True, slots=True)
class PostgresPeople:
    session: Session

    async def names(self, user_ids: Collection[UserId]) -> Names:
        rows = await self.session.connection.rows(NAMES, people=list(user_ids)) if user_ids else []
        return {row["user_id"]: row["name"] for row in rows}


@dataclass(frozen=True, slots=True)
class PostgresNoticeReads:
    database: Database

    async def newest(self, actor: Actor, page: PageRequest[Key]) -> Page[NoticeView, Key]:
        return await self.database.page(actor, NEWEST, _as_views, page)

    async def unread(self, actor: Actor) -> Unread:
        ((number,),) = await self.database.read(actor, UNREAD)
        return Unread(number)


def _as_views(rows: Sequence[asyncpg.Record]) -> list[NoticeView]:
    return [NoticeView(*row) for row in rows]


BINDINGS: Bindings = (
    Binding[People](PostgresPeople),
    Binding[NoticeReads](PostgresNoticeReads),
)
