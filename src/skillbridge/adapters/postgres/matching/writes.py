"""Mentors and matches in PostgreSQL.

Loads of mentors are counted by the trigger `app.roll_up_load`; the check `ck_mentors_load` is
what two acceptances at once cannot both pass, should anybody forget the lock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import msgspec
from sqlalchemy import (
    Text,
    and_,
    bindparam,
    exists,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    text,
    update,
)

from skillbridge.adapters.postgres.accounts.tables import users
from skillbridge.adapters.postgres.engine.advisory_locks import HOLD_LEARNER
from skillbridge.adapters.postgres.engine.kept import as_kept
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query
from skillbridge.adapters.postgres.matching.tables import matches
from skillbridge.adapters.postgres.mentors.tables import mentors
from skillbridge.domain.errors import Conflict, StaleWrite
from skillbridge.domain.ids import MatchId, UserId
from skillbridge.domain.matching.match import AlreadyAsked, Match, UnknownMatch
from skillbridge.domain.matching.pair_status import PairStatus
from skillbridge.domain.mentors.mentor import Mentor, MentorFull, Offer

_tenant = select(func.app.tenant_id()).scalar_subquery()
_actor = select(func.app.user_id()).scalar_subquery()
_system = select(func.app.is_system()).scalar_subquery()

_one_mentor = (
    select(mentors)
    .where(mentors.c.user_id == bindparam("mentor"))
    .where(mentors.c.tenant_id == _tenant)
)
LOOK_UP = Query(_one_mentor)
# Not FOR UPDATE: a learner who asks holds their own lock and then needs the mentor by a foreign
# key, while a run that holds the mentor waits for that learner's lock.
FIND = Query(
    _one_mentor.where(or_(mentors.c.user_id == _actor, _system)).with_for_update(key_share=True)
)
ADD_MENTOR = Query(
    insert(mentors).values(
        user_id=bindparam("mentor"),
        tenant_id=_tenant,
        headline=bindparam("says"),
        capacity=bindparam("places"),
        accepting=bindparam("accepts"),
        experience_years=bindparam("years"),
        created_at=bindparam("since"),
    )
)
GRANT = Query(
    update(users)
    .where(users.c.id == bindparam("mentor"), users.c.tenant_id == _tenant)
    .where(func.array_position(users.c.roles, literal("mentor", Text)).is_(None))
    .values(roles=func.array_append(users.c.roles, literal("mentor", Text)))
)
SAVE_MENTOR = Query(
    update(mentors)
    .where(mentors.c.user_id == bindparam("mentor"), mentors.c.tenant_id == _tenant)
    .where(mentors.c.version == bindparam("read"))
    .values(
        headline=bindparam("says"),
        capacity=bindparam("places"),
        accepting=bindparam("accepts"),
        experience_years=bindparam("years"),
    )
)

# As the partial index says it, in the statement's text: a parameter would hide it from the planner.
_waiting = matches.c.status == literal_column("'requested'")
_mine = or_(matches.c.learner_id == _actor, matches.c.mentor_id == _actor, _system)
GET = Query(
    select(matches)
    .where(matches.c.id == bindparam("wanted"), matches.c.tenant_id == _tenant, _mine)
    .with_for_update()
)
WAITING = Query(
    select(func.count())
    .select_from(matches)
    .where(matches.c.learner_id == bindparam("learner"), matches.c.tenant_id == _tenant)
    .where(_waiting)
)
OPEN_BETWEEN = Query(
    select(matches.c.id)
    .where(matches.c.learner_id == bindparam("learner"), matches.c.tenant_id == _tenant)
    .where(matches.c.mentor_id == bindparam("mentor"))
    .where(text("status in ('requested','active')"))
)
_between = matches.c.mentor_id == bindparam("mentor")
_of_learner = and_(matches.c.tenant_id == _tenant, matches.c.learner_id == bindparam("learner"))
PAIR_STATUS = Query(
    select(
        exists()
        .where(users.c.tenant_id == _tenant, users.c.id == bindparam("learner"))
        .where(users.c.deleted_at.is_(None), users.c.disabled_at.is_(None))
        .label("learner_here"),
        select(func.count())
        .select_from(matches)
        .where(_of_learner, text("status in ('requested','active')"))
        .scalar_subquery()
        .label("learner_open"),
        exists().where(_of_learner, _between, matches.c.status == "declined").label("declined"),
        select(func.count())
        .select_from(matches)
        .where(matches.c.tenant_id == _tenant, _between, _waiting)
        .scalar_subquery()
        .label("mentor_asked"),
    )
)
OVERDUE = Query(
    select(matches)
    .where(matches.c.tenant_id == _tenant, _waiting)
    .where(matches.c.expires_at <= bindparam("moment"))
    .order_by(matches.c.expires_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
ADD = Query(
    insert(matches).values(
        id=bindparam("new"),
        tenant_id=_tenant,
        learner_id=bindparam("learner"),
        mentor_id=bindparam("mentor"),
        status=bindparam("state"),
        message=bindparam("words"),
        requested_at=bindparam("asked"),
        expires_at=bindparam("until"),
    )
)
SAVE = Query(
    update(matches)
    .where(matches.c.id == bindparam("wanted"), matches.c.tenant_id == _tenant)
    .where(matches.c.version == bindparam("read"))
    .values(
        status=bindparam("state"), answered_at=bindparam("answered"), ended_at=bindparam("ended")
    )
)


@dataclass(frozen=True, slots=True)
class PostgresMentors:
    session: Session

    async def find(self, user_id: UserId) -> Mentor | None:
        return mentor_of(await self.session.connection.row(FIND, mentor=user_id))

    async def look_up(self, user_id: UserId) -> Mentor | None:
        return mentor_of(await self.session.connection.row(LOOK_UP, mentor=user_id))

    async def add(self, mentor: Mentor) -> None:
        try:
            await self.session.connection.run(ADD_MENTOR, **_offer(mentor), since=mentor.created_at)
        except asyncpg.UniqueViolationError as error:
            raise Conflict(
                "you offer mentoring already; send the offer again to change it"
            ) from error
        await self.session.connection.run(GRANT, mentor=mentor.user_id)

    async def save(self, mentor: Mentor) -> None:
        if not await self.session.connection.run(
            SAVE_MENTOR, **_offer(mentor), read=mentor.version
        ):
            raise StaleWrite("this offer changed meanwhile; read it again")


@dataclass(frozen=True, slots=True)
class PostgresMatches:
    session: Session

    async def get(self, match_id: MatchId) -> Match:
        row = await self.session.connection.row(GET, wanted=match_id)
        if row is None:
            raise UnknownMatch
        return _match(row)

    async def waiting_of(self, learner_id: UserId) -> int:
        await self.session.connection.run(HOLD_LEARNER, learner=learner_id)
        return int(await self.session.connection.value(WAITING, learner=learner_id))

    async def open_between(self, learner_id: UserId, mentor_id: UserId) -> MatchId | None:
        found = await self.session.connection.value(
            OPEN_BETWEEN, learner=learner_id, mentor=mentor_id
        )
        return found and MatchId(found)

    async def pair_status(self, learner_id: UserId, mentor_id: UserId) -> PairStatus:
        pair = {"learner": learner_id, "mentor": mentor_id}
        await self.session.connection.run(HOLD_LEARNER, learner=learner_id)
        row = await self.session.connection.row(PAIR_STATUS, **pair)
        assert row is not None
        return msgspec.convert(dict(row), PairStatus)

    async def overdue(self, at: datetime, *, limit: int) -> Sequence[Match]:
        return [
            _match(row)
            for row in await self.session.connection.rows(OVERDUE, moment=at, most=limit)
        ]

    async def add(self, match: Match) -> None:
        try:
            await self.session.connection.run(
                ADD,
                new=match.id,
                learner=match.learner_id,
                mentor=match.mentor_id,
                state=match.status,
                words=match.message,
                asked=match.requested_at,
                until=match.expires_at,
            )
        except asyncpg.UniqueViolationError as error:  # uq_matches_open_pair: ids are drawn anew
            raise AlreadyAsked from error

    async def save(self, match: Match) -> None:
        try:
            saved = await self.session.connection.run(
                SAVE,
                wanted=match.id,
                read=match.version,
                state=match.status,
                answered=match.answered_at,
                ended=match.ended_at,
            )
        except asyncpg.CheckViolationError as error:
            if error.constraint_name == "ck_mentors_load":
                raise MentorFull from error
            raise
        if not saved:
            raise StaleWrite("this match changed meanwhile; read it again")


def _offer(mentor: Mentor) -> dict[str, object]:
    return {
        "mentor": mentor.user_id,
        "says": mentor.offer.headline,
        "places": mentor.offer.capacity,
        "accepts": mentor.offer.accepting,
        "years": mentor.offer.experience_years,
    }


def mentor_of(row: asyncpg.Record | None) -> Mentor | None:
    if row is None:
        return None
    values = dict(row)
    return msgspec.convert({**values, "offer": as_kept(values, Offer)}, Mentor)


def _match(row: asyncpg.Record) -> Match:
    return msgspec.convert(dict(row), Match)
