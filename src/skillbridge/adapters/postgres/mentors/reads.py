"""Mentors as they are shown, from PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass

import asyncpg
import msgspec
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    ColumnElement,
    Numeric,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.existing import existing
from skillbridge.adapters.postgres.engine.clauses import MOST, here, mine, place
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.statements import Pages, Read
from skillbridge.adapters.postgres.mentors.tables import mentors
from skillbridge.adapters.postgres.mentors.writes import mentor_of
from skillbridge.adapters.postgres.profiles.tables import profile_of, profiles
from skillbridge.application.mentors.ports import MentorReads, MentorSearch
from skillbridge.application.mentors.views import MentorCard
from skillbridge.application.paging import Key, Page, PageRequest
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import UserId
from skillbridge.domain.mentors.mentor import Mentor, UnknownMentor

_stars = cast(mentors.c.rating_sum, Numeric) / func.nullif(mentors.c.rating_count, 0)
_cards = (
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
        func.round(_stars, 2).label("rating"),
        mentors.c.rating_count.label("ratings"),
        (mentors.c.capacity - mentors.c.active_matches).label("free"),
        mentors.c.accepting,
        mentors.c.created_at.label("since"),
    )
    .join(profiles, profile_of(mentors.c.user_id))
    .where(here(mentors))
)
_newest = (mentors.c.created_at, mentors.c.user_id)
_start: list[ColumnElement[object]] = [
    literal_column("timestamptz 'infinity'"),
    literal_column("uuid 'ffffffff-ffff-ffff-ffff-ffffffffffff'"),
]


def _found(after: bool) -> Select[tuple[object, ...]]:
    """Whom the function of `migrations/sql/current/search.sql` finds, as the actor may see them."""
    found = func.app.find_mentors(
        bindparam("text", type_=Text),
        bindparam("skill", type_=Text),
        bindparam("language", type_=Text),
        bindparam("country", type_=Text),
        bindparam("free_only", type_=Boolean),
        *(place(*_newest) if after else _start),
        bindparam(MOST, type_=BigInteger),
    )
    return _cards.where(
        mentors.c.user_id == any_(func.array(select(found).scalar_subquery()))
    ).order_by(*(column.desc() for column in _newest))


SEARCH = Pages(Key, ("since", "id"), _found)
SEVERAL = Read(_cards.where(mentors.c.user_id == any_(bindparam("wanted", type_=ARRAY(Uuid)))))
OWN = Read(select(mentors).where(mine(mentors)))


@dataclass(frozen=True, slots=True)
class PostgresMentorReads:
    database: Database

    async def search(
        self, actor: Actor, search: MentorSearch, page: PageRequest[Key]
    ) -> Page[MentorCard, Key]:
        return await self.database.page(actor, SEARCH, _as_cards, page, **asdict(search))

    async def one(self, actor: Actor, mentor_id: UserId) -> MentorCard:
        found = await self.several(actor, [mentor_id])
        return existing(found.get(mentor_id), UnknownMentor)

    async def own(self, actor: Actor) -> Mentor | None:
        return mentor_of(await self.database.read_one(actor, OWN))

    async def several(
        self, actor: Actor, mentor_ids: Collection[UserId]
    ) -> Mapping[UserId, MentorCard]:
        rows = await self.database.read(actor, SEVERAL, wanted=list(mentor_ids))
        return {card.id: card for card in _as_cards(rows)}


def _as_cards(rows: Sequence[asyncpg.Record]) -> list[MentorCard]:
    return msgspec.convert([dict(row) for row in rows], list[MentorCard], strict=False)


BINDINGS: Bindings = (Binding[MentorReads](PostgresMentorReads),)
