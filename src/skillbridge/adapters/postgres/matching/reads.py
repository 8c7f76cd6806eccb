"""Mentors and matches as they are shown, from PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    DateTime,
    FromClause,
    Numeric,
    Select,
    Subquery,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    cast,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from skillbridge.adapters.postgres.accounts.tables import profiles
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.statements import Read
from skillbridge.adapters.postgres.matching.tables import matches
from skillbridge.adapters.postgres.matching.writes import mentor_of
from skillbridge.adapters.postgres.mentors.tables import mentors
from skillbridge.application.matching.views import FORMER, MatchView
from skillbridge.application.mentors.ports import MentorSearch
from skillbridge.application.mentors.views import MentorCard
from skillbridge.application.paging import Key
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import MatchId, UserId
from skillbridge.domain.matching.match import MatchStatus, Side, UnknownMatch
from skillbridge.domain.mentors.mentor import Mentor, UnknownMentor

START = Key(datetime(9999, 12, 31, tzinfo=UTC), UUID(int=2**128 - 1))
"""Before every row of a list that begins with the newest."""


def _given(name: str) -> tuple[ColumnElement[bool], ColumnElement[str]]:
    """A part of a search: whether it was left out, and its value."""
    value = bindparam(name, type_=Text)
    return value.is_(None), value


def _after(time: ColumnElement[datetime], row: ColumnElement[UUID]) -> ColumnElement[bool]:
    place = tuple_(bindparam("time", type_=DateTime(timezone=True)), bindparam("row", type_=Uuid))
    return tuple_(time, row) < place


def _cards() -> Select[tuple[object, ...]]:
    stars = cast(mentors.c.rating_sum, Numeric) / func.nullif(mentors.c.rating_count, 0)
    return (
        select(
            mentors.c.user_id.label("id"),
            profiles.c.name,
            mentors.c.headline,
            profiles.c.bio,
            profiles.c.country,
            profiles.c.time_zone,
            profiles.c.languages,
            profiles.c.skills,
            mentors.c.experience_years,
            func.round(stars, 2).label("rating"),
            mentors.c.rating_count.label("ratings"),
            (mentors.c.capacity - mentors.c.active_matches).label("free"),
            mentors.c.accepting,
            mentors.c.created_at.label("since"),
        )
        .join(
            profiles,
            and_(
                profiles.c.user_id == mentors.c.user_id,
                profiles.c.tenant_id == mentors.c.tenant_id,
            ),
        )
        .where(mentors.c.tenant_id == bindparam("tenant"))
    )


_found = func.app.find_mentors(
    bindparam("text", type_=Text),
    bindparam("skill", type_=Text),
    bindparam("language", type_=Text),
    bindparam("nation", type_=Text),
    bindparam("free", type_=Boolean),
    bindparam("time", type_=DateTime(timezone=True)),
    bindparam("row", type_=Uuid),
    bindparam("most", type_=BigInteger),
)
SEARCH = Read(
    _cards()
    .where(mentors.c.user_id == any_(func.array(select(_found).scalar_subquery())))
    .order_by(mentors.c.created_at.desc(), mentors.c.user_id.desc())
)
"""Whom the function of `migrations/sql/current/search.sql` finds, as the actor may see them."""
SEVERAL = Read(_cards().where(mentors.c.user_id == any_(bindparam("wanted", type_=ARRAY(Uuid)))))
OWN = Read(
    select(mentors)
    .where(mentors.c.tenant_id == bindparam("tenant"))
    .where(mentors.c.user_id == bindparam("person"))
)

_learner, _mentor = profiles.alias("learner"), profiles.alias("mentor")
_as_learner = matches.c.learner_id == bindparam("person")
_as_mentor = matches.c.mentor_id == bindparam("person")


def _views(found: FromClause) -> Select[tuple[object, ...]]:
    """With the names of both, as far as the actor may see them."""
    return (
        select(
            found,
            func.coalesce(_learner.c.name, literal(FORMER)).label("learner_name"),
            func.coalesce(_mentor.c.name, literal(FORMER)).label("mentor_name"),
        )
        .outerjoin(_learner, _learner.c.user_id == found.c.learner_id)
        .outerjoin(_mentor, _mentor.c.user_id == found.c.mentor_id)
    )


def _newest(is_mine: ColumnElement[bool]) -> Subquery:
    """A page of one side, which an index has in this order."""
    any_status, status = _given("state")
    return (
        select(matches)
        .where(matches.c.tenant_id == bindparam("tenant"), is_mine)
        .where(_after(matches.c.requested_at, matches.c.id))
        .where(or_(any_status, matches.c.status == status))
        .order_by(matches.c.requested_at.desc(), matches.c.id.desc())
        .limit(bindparam("most"))
        .subquery()
    )


def _page(found: FromClause) -> Read:
    newest = (found.c.requested_at.desc(), found.c.id.desc())
    return Read(_views(found).order_by(*newest).limit(bindparam("most")))


_sides = [select(_newest(_as_learner)), select(_newest(_as_mentor))]
MINE = {
    Side.LEARNER: _page(_newest(_as_learner)),
    Side.MENTOR: _page(_newest(_as_mentor)),
    None: _page(union_all(*_sides).subquery()),
}
ONE = Read(
    _views(matches)
    .where(matches.c.tenant_id == bindparam("tenant"))
    .where(matches.c.id == bindparam("wanted"), or_(_as_learner, _as_mentor))
)


@dataclass(frozen=True, slots=True)
class PostgresMentorReads:
    database: Database

    async def search(
        self, actor: Actor, search: MentorSearch, *, after: Key | None, limit: int
    ) -> Sequence[MentorCard]:
        place = after or START
        rows = await self.database.read(
            actor,
            SEARCH,
            tenant=actor.tenant_id,
            text=search.text,
            skill=search.skill,
            language=search.language,
            nation=search.country,
            free=search.free_only,
            time=place.at,
            row=place.id,
            most=limit,
        )
        return [_card(row) for row in rows]

    async def one(self, actor: Actor, mentor_id: UserId) -> MentorCard:
        found = await self.several(actor, [mentor_id])
        if mentor_id not in found:
            raise UnknownMentor
        return found[mentor_id]

    async def own(self, actor: Actor) -> Mentor | None:
        whose = {"tenant": actor.tenant_id, "person": actor.user_id}
        return mentor_of(await self.database.read_one(actor, OWN, **whose))

    async def several(
        self, actor: Actor, mentor_ids: Collection[UserId]
    ) -> Mapping[UserId, MentorCard]:
        rows = await self.database.read(
            actor, SEVERAL, tenant=actor.tenant_id, wanted=list(mentor_ids)
        )
        return {row["id"]: _card(row) for row in rows}


@dataclass(frozen=True, slots=True)
class PostgresMatchReads:
    database: Database

    async def mine(
        self,
        actor: Actor,
        *,
        side: Side | None,
        status: MatchStatus | None,
        after: Key | None,
        limit: int,
    ) -> Sequence[MatchView]:
        place = after or START
        rows = await self.database.read(
            actor,
            MINE[side],
            tenant=actor.tenant_id,
            person=actor.user_id,
            state=status,
            time=place.at,
            row=place.id,
            most=limit,
        )
        return [_view(row) for row in rows]

    async def one(self, actor: Actor, match_id: MatchId) -> MatchView:
        row = await self.database.read_one(
            actor, ONE, tenant=actor.tenant_id, person=actor.user_id, wanted=match_id
        )
        if row is None:
            raise UnknownMatch
        return _view(row)


def _card(row: asyncpg.Record) -> MentorCard:
    return msgspec.convert(dict(row), MentorCard, strict=False)


def _view(row: asyncpg.Record) -> MatchView:
    learner = {"id": row["learner_id"], "name": row["learner_name"]}
    mentor = {"id": row["mentor_id"], "name": row["mentor_name"]}
    return msgspec.convert({**row, "learner": learner, "mentor": mentor}, MatchView)
