"""Matches in PostgreSQL: what is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import msgspec
from sqlalchemy import and_, bindparam, func, literal_column, or_, select, text

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.existing import existing
from skillbridge.adapters.postgres.engine.advisory_locks import HOLD_LEARNER
from skillbridge.adapters.postgres.engine.clauses import add, change, here, own
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query, Save
from skillbridge.adapters.postgres.matching.reads import PAIR_STATUS
from skillbridge.adapters.postgres.matching.tables import matches
from skillbridge.application.matching.ports import Matches
from skillbridge.domain.errors import StaleWrite
from skillbridge.domain.ids import MatchId, UserId
from skillbridge.domain.matching.match import ASKED_MEANWHILE, Match, UnknownMatch
from skillbridge.domain.matching.pair_status import PairStatus
from skillbridge.domain.mentors.mentor import MentorFull

# As the partial index says it, in the statement's text: a parameter would hide it from the planner.
_waiting = and_(here(matches), matches.c.status == literal_column("'requested'"))
GET = Query(select(matches).where(own(matches), matches.c.id == bindparam("id")).with_for_update())
WAITING = Query(
    select(func.count())
    .select_from(matches)
    .where(_waiting, matches.c.learner_id == bindparam("learner"))
)
OPEN_BETWEEN = Query(
    select(matches.c.id)
    .where(here(matches), matches.c.learner_id == bindparam("learner"))
    .where(matches.c.mentor_id == bindparam("mentor"))
    .where(text("status in ('requested','active')"))
)
OVERDUE = Query(
    select(matches)
    .where(_waiting, matches.c.expires_at <= bindparam("moment"))
    .order_by(matches.c.expires_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
OPEN_OF = Query(
    select(matches)
    .where(here(matches), text("status in ('requested','active')"))
    .where(
        or_(matches.c.learner_id == bindparam("person"), matches.c.mentor_id == bindparam("person"))
    )
    .order_by(matches.c.id)
    .with_for_update()
)
ADD = Query(
    add(
        matches,
        "id",
        "learner_id",
        "mentor_id",
        "status",
        "message",
        "requested_at",
        "expires_at",
    )
)
SAVE = Save(
    change(matches, "status", "answered_at", "ended_at"),
    "this match changed meanwhile; read it again",
)


@dataclass(frozen=True, slots=True)
class PostgresMatches:
    session: Session

    async def get(self, match_id: MatchId) -> Match:
        return _match(existing(await self.session.connection.row(GET, id=match_id), UnknownMatch))

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
        rows = await self.session.connection.rows(OVERDUE, moment=at, most=limit)
        return [_match(row) for row in rows]

    async def open_of(self, user_id: UserId) -> Sequence[Match]:
        rows = await self.session.connection.rows(OPEN_OF, person=user_id)
        return [_match(row) for row in rows]

    async def add(self, match: Match) -> None:
        try:
            await self.session.connection.run(ADD, match)
        except asyncpg.UniqueViolationError as error:  # uq_matches_open_pair: ids are drawn anew
            raise StaleWrite(ASKED_MEANWHILE) from error

    async def save(self, match: Match) -> None:
        try:
            await self.session.connection.save(SAVE, match)
        except asyncpg.CheckViolationError as error:
            if error.constraint_name == "ck_mentors_load":
                raise MentorFull from error
            raise


def _match(row: asyncpg.Record) -> Match:
    return msgspec.convert(dict(row), Match)


BINDINGS: Bindings = (Binding[Matches](PostgresMatches),)
