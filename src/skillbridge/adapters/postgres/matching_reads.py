"""Mentors and matches as they are shown, from PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import msgspec
from sqlalchemy import (
    ColumnElement,
    DateTime,
    Numeric,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY

from skillbridge.adapters.postgres.database import Database
from skillbridge.adapters.postgres.query import Query
from skillbridge.adapters.postgres.tables import matches, mentors, profiles
from skillbridge.application.matching.ports import MentorSearch
from skillbridge.application.matching.views import FORMER, MatchView, MentorCard
from skillbridge.application.paging import Key
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import MatchId, UserId
from skillbridge.domain.matching.match import MatchStatus, Side, UnknownMatch
from skillbridge.domain.matching.mentor import UnknownMentor

START = Key(datetime(9999, 12, 31, tzinfo=UTC), UUID(int=2**128 - 1))
"""Before every row of a list that begins with the newest."""

SIMPLE: ColumnElement[str] = literal_column("'simple'::regconfig")
"""Words as they are written: people here write in many languages."""


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


def _search() -> Select[tuple[object, ...]]:
    no_text, text = _given("text")
    no_skill, skill = _given("skill")
    no_language, language = _given("language")
    no_country, country = _given("nation")
    words = func.concat_ws(" ", profiles.c.name, mentors.c.headline, profiles.c.bio)
    asked = func.websearch_to_tsquery(SIMPLE, text)
    free = mentors.c.active_matches < mentors.c.capacity
    return (
        _cards()
        .where(mentors.c.accepting, _after(mentors.c.created_at, mentors.c.user_id))
        .where(or_(no_text, func.to_tsvector(SIMPLE, words).op("@@")(asked)))
        .where(or_(no_skill, profiles.c.skills.op("?")(skill)))
        .where(or_(no_language, language == any_(profiles.c.languages)))
        .where(or_(no_country, profiles.c.country == country))
        .where(or_(free, bindparam("full_too")))
        .order_by(mentors.c.created_at.desc(), mentors.c.user_id.desc())
        .limit(bindparam("most"))
    )


SEARCH = Query(_search())
SEVERAL = Query(_cards().where(mentors.c.user_id == any_(bindparam("wanted", type_=ARRAY(Uuid)))))

_learner, _mentor = profiles.alias("learner"), profiles.alias("mentor")
_views = (
    select(
        matches,
        func.coalesce(_learner.c.name, literal(FORMER)).label("learner_name"),
        func.coalesce(_mentor.c.name, literal(FORMER)).label("mentor_name"),
    )
    .outerjoin(_learner, _learner.c.user_id == matches.c.learner_id)
    .outerjoin(_mentor, _mentor.c.user_id == matches.c.mentor_id)
    .where(matches.c.tenant_id == bindparam("tenant"))
)
_as_learner = matches.c.learner_id == bindparam("person")
_as_mentor = matches.c.mentor_id == bindparam("person")
_either = or_(_as_learner, _as_mentor)


def _mine(is_mine: ColumnElement[bool]) -> Query:
    any_status, status = _given("state")
    return Query(
        _views.where(is_mine, _after(matches.c.requested_at, matches.c.id))
        .where(or_(any_status, matches.c.status == status))
        .order_by(matches.c.requested_at.desc(), matches.c.id.desc())
        .limit(bindparam("most"))
    )


MINE = {Side.LEARNER: _mine(_as_learner), Side.MENTOR: _mine(_as_mentor), None: _mine(_either)}
ONE = Query(_views.where(matches.c.id == bindparam("wanted"), _either))


@dataclass(frozen=True, slots=True)
class PostgresMentorReads:
    database: Database

    async def search(
        self, actor: Actor, search: MentorSearch, *, after: Key | None, limit: int
    ) -> Sequence[MentorCard]:
        place = after or START
        async with self.database.transaction(actor, read_only=True) as db:
            rows = await db.rows(
                SEARCH,
                tenant=actor.tenant_id,
                text=search.text,
                skill=search.skill,
                language=search.language,
                nation=search.country,
                full_too=not search.free_only,
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

    async def several(
        self, actor: Actor, mentor_ids: Collection[UserId]
    ) -> Mapping[UserId, MentorCard]:
        async with self.database.transaction(actor, read_only=True) as db:
            rows = await db.rows(SEVERAL, tenant=actor.tenant_id, wanted=list(mentor_ids))
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
        async with self.database.transaction(actor, read_only=True) as db:
            rows = await db.rows(
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
        async with self.database.transaction(actor, read_only=True) as db:
            row = await db.row(ONE, tenant=actor.tenant_id, person=actor.user_id, wanted=match_id)
        if row is None:
            raise UnknownMatch
        return _view(row)


def _card(row: asyncpg.Record) -> MentorCard:
    return msgspec.convert(dict(row), MentorCard, strict=False)


def _view(row: asyncpg.Record) -> MatchView:
    learner = {"id": row["learner_id"], "name": row["learner_name"]}
    mentor = {"id": row["mentor_id"], "name": row["mentor_name"]}
    return msgspec.convert({**row, "learner": learner, "mentor": mentor}, MatchView)
