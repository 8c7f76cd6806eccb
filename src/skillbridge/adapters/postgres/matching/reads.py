"""Matches as they are shown, from PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
import msgspec
from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    text,
    union_all,
)

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.existing import existing
from skillbridge.adapters.postgres.accounts.tables import users
from skillbridge.adapters.postgres.engine.clauses import ACTOR, here, mine, paged
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.statements import Pages, Query, Read
from skillbridge.adapters.postgres.matching.tables import matches
from skillbridge.adapters.postgres.profiles.tables import with_names
from skillbridge.application.matching.ports import MatchReads
from skillbridge.application.matching.views import MatchView
from skillbridge.application.paging import Key, Page, PageRequest
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import MatchId
from skillbridge.domain.matching.match import MatchStatus, Side, UnknownMatch

_status = bindparam("status", type_=Text)


def _pages(*sides: ColumnElement[object]) -> Pages[Key]:
    """A page of each side, which an index has in this order, and of these the page."""

    def rows(after: bool) -> Select[tuple[object, ...]]:
        some = (
            select(matches)
            .where(here(matches), side == ACTOR)
            .where(or_(_status.is_(None), matches.c.status == _status))
            for side in sides
        )
        newest = (matches.c.requested_at, matches.c.id)
        found = union_all(*(paged(one, *newest, after=after) for one in some)).subquery()
        return paged(with_names(found), found.c.requested_at, found.c.id, after=False)

    return Pages(Key, ("requested_at", "id"), rows)


MINE = {
    Side.LEARNER: _pages(matches.c.learner_id),
    Side.MENTOR: _pages(matches.c.mentor_id),
    None: _pages(matches.c.learner_id, matches.c.mentor_id),
}
ONE = Read(with_names(matches).where(mine(matches), matches.c.id == bindparam("id")))

_of_learner = and_(here(matches), matches.c.learner_id == bindparam("learner"))
_of_mentor = and_(here(matches), matches.c.mentor_id == bindparam("mentor"))
PAIR_STATUS = Query(
    select(
        exists()
        .where(here(users), users.c.id == bindparam("learner"))
        .where(users.c.deleted_at.is_(None), users.c.disabled_at.is_(None))
        .label("learner_here"),
        select(func.count())
        .select_from(matches)
        .where(_of_learner, text("status in ('requested','active')"))
        .scalar_subquery()
        .label("learner_open"),
        exists().where(_of_learner, _of_mentor, matches.c.status == "declined").label("declined"),
        select(func.count())
        .select_from(matches)
        .where(_of_mentor, matches.c.status == literal_column("'requested'"))
        .scalar_subquery()
        .label("mentor_asked"),
    )
)
"""What a run asks while it holds the learner."""


@dataclass(frozen=True, slots=True)
class PostgresMatchReads:
    database: Database

    async def mine(
        self, actor: Actor, page: PageRequest[Key], *, side: Side | None, status: MatchStatus | None
    ) -> Page[MatchView, Key]:
        return await self.database.page(actor, MINE[side], _as_views, page, status=status)

    async def one(self, actor: Actor, match_id: MatchId) -> MatchView:
        row = existing(await self.database.read_one(actor, ONE, id=match_id), UnknownMatch)
        (view,) = _as_views([row])
        return view


def _as_views(rows: Sequence[asyncpg.Record]) -> list[MatchView]:
    return msgspec.convert(list(map(_with_names, rows)), list[MatchView])


def _with_names(row: asyncpg.Record) -> dict[str, Any]:
    learner = {"id": row["learner_id"], "name": row["learner_name"]}
    mentor = {"id": row["mentor_id"], "name": row["mentor_name"]}
    return {**row, "learner": learner, "mentor": mentor}


BINDINGS: Bindings = (Binding[MatchReads](PostgresMatchReads),)
