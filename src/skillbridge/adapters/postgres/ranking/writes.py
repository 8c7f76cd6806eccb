"""What was shown, in PostgreSQL: written beside the requests, read only by the system."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import (
    DateTime,
    Integer,
    Interval,
    Uuid,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
    true,
    tuple_,
)
from structlog import get_logger

from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query
from skillbridge.adapters.postgres.matching.tables import matches
from skillbridge.adapters.postgres.ranking.tables import impressions
from skillbridge.application.ranking.ports.impressions import ImpressionList, PastImpression, Place
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Unavailable
from skillbridge.domain.ids import ImpressionListId, UserId
from skillbridge.domain.matching.match import MatchStatus

log = get_logger(__name__)

PAUSE = 0.2
"""Seconds in which what is noted gathers."""
MOST_WAITING = 1_000
"""Lists that wait to be written; while the database is away, the next ones are dropped."""

ADD = Query(
    insert(impressions),
    [
        "showing_id",
        "position",
        "tenant_id",
        "learner_id",
        "mentor_id",
        "features",
        "model",
        "source",
        "degraded",
        "shown_at",
    ],
)
_tenant = select(func.app.tenant_id()).scalar_subquery()
_old = (
    select(impressions.c.showing_id, impressions.c.position)
    .where(impressions.c.tenant_id == _tenant, impressions.c.shown_at < bindparam("moment"))
    .order_by(impressions.c.shown_at)
    .limit(bindparam("most"))
)
FORGET = Query(
    delete(impressions).where(tuple_(impressions.c.showing_id, impressions.c.position).in_(_old))
)

_again = impressions.alias("again")
_shown_again = (
    exists()
    .where(
        _again.c.learner_id == impressions.c.learner_id,
        _again.c.mentor_id == impressions.c.mentor_id,
        _again.c.shown_at > impressions.c.shown_at,
        _again.c.shown_at <= matches.c.requested_at,
    )
    .correlate(impressions, matches)
)
_led_to = (
    select(matches.c.status)
    .where(
        matches.c.tenant_id == impressions.c.tenant_id,
        matches.c.learner_id == impressions.c.learner_id,
        matches.c.mentor_id == impressions.c.mentor_id,
        matches.c.requested_at >= impressions.c.shown_at,
        matches.c.requested_at < impressions.c.shown_at + bindparam("within", type_=Interval),
        ~_shown_again,
    )
    .order_by(matches.c.requested_at)
    .limit(1)
    .lateral("led_to")
)
_place = (impressions.c.shown_at, impressions.c.showing_id, impressions.c.position)
PAGE = Query(
    select(impressions, _led_to.c.status.label("outcome"))
    .outerjoin(_led_to, true())
    .where(impressions.c.tenant_id == bindparam("tenant"))
    .where(
        and_(
            impressions.c.shown_at >= bindparam("since"),
            impressions.c.shown_at < bindparam("until"),
        ),
        tuple_(*_place)
        > tuple_(
            bindparam("time", type_=DateTime(timezone=True)),
            bindparam("impression_list", type_=Uuid),
            bindparam("number", type_=Integer),
        ),
    )
    .order_by(*_place)
    .limit(bindparam("most"))
)


@dataclass(slots=True)
class PostgresImpressionLog:
    """Gathers what requests note and writes it a moment later on one connection.

    A process that is killed loses what it noted in that moment, and an outage what does not fit
    the queue: a model learns from most lists as well as from all, and no learner waits for it.
    """

    database: Database
    pause: float = PAUSE
    most_waiting: int = MOST_WAITING
    _waiting: deque[tuple[Actor, ImpressionList]] = field(init=False, default_factory=deque)
    _writing: asyncio.Task[None] | None = field(init=False, default=None)

    def note(self, actor: Actor, impression_list: ImpressionList) -> None:
        if len(self._waiting) >= self.most_waiting:
            log.warning("impressions dropped", waiting=len(self._waiting))
            return
        self._waiting.append((actor, impression_list))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())

    async def settle(self) -> None:
        if self._writing is not None:
            await self._writing

    async def _write(self) -> None:
        await asyncio.sleep(self.pause)
        while self._waiting:
            actor, impression_list = self._waiting.popleft()
            try:
                await self._add(actor, impression_list)
            except Unavailable as trouble:
                log.warning("impressions lost", lists=1 + len(self._waiting), reason=str(trouble))
                self._waiting.clear()  # the next ones would wait as long, and a program end late
            except Exception as trouble:  # noqa: BLE001  whatever it is, nobody is there to be told
                log.warning("impressions lost", lists=1, reason=repr(trouble))

    async def _add(self, actor: Actor, impression_list: ImpressionList) -> None:
        """As the one who saw it: the policy lets nobody write in another's name."""
        async with self.database.transaction(actor) as db:
            await db.run_many(
                ADD,
                [_row(actor, impression_list, at) for at in range(len(impression_list.options))],
            )


@dataclass(frozen=True, slots=True)
class PostgresImpressions:
    session: Session

    async def forget(self, before: datetime, *, limit: int) -> int:
        return await self.session.connection.run(FORGET, moment=before, most=limit)


@dataclass(frozen=True, slots=True)
class PostgresImpressionReads:
    database: Database

    async def page(
        self,
        actor: Actor,
        since: datetime,
        until: datetime,
        *,
        within: timedelta,
        after: Place | None,
        limit: int,
    ) -> Sequence[PastImpression]:
        place = after or Place(since, ImpressionListId(UUID(int=0)), 0)
        async with self.database.transaction(actor, read_only=True) as db:
            rows = await db.rows(
                PAGE,
                tenant=actor.tenant_id,
                since=since,
                until=until,
                within=within,
                time=place.shown_at,
                impression_list=place.list_id,
                number=place.position,
                most=limit,
            )
        return [_past(row) for row in rows]


def _row(actor: Actor, impression_list: ImpressionList, at: int) -> dict[str, Any]:
    option = impression_list.options[at]
    return {
        "showing_id": impression_list.id,
        "position": at + 1,
        "tenant_id": actor.tenant_id,
        "learner_id": actor.user_id,
        "mentor_id": option.mentor_id,
        "features": option.features,
        "model": impression_list.model,
        "source": impression_list.source.value,
        "degraded": impression_list.degraded,
        "shown_at": impression_list.at,
    }


def _past(row: asyncpg.Record) -> PastImpression:
    return PastImpression(
        place=Place(row["shown_at"], ImpressionListId(row["showing_id"]), row["position"]),
        learner_id=UserId(row["learner_id"]),
        mentor_id=UserId(row["mentor_id"]),
        model=row["model"],
        source=row["source"],
        degraded=row["degraded"],
        features=row["features"],
        outcome=row["outcome"] and MatchStatus(row["outcome"]),
    )
