"""Impressions in PostgreSQL: written beside the requests."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, tuple_
from structlog import get_logger

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.postgres.engine.clauses import add, here
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query
from skillbridge.adapters.postgres.ranking.tables import impressions
from skillbridge.application.ranking.ports.impressions import ImpressionList, Impressions
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Unavailable

log = get_logger(__name__)

PAUSE = 0.2
"""Seconds in which what is noted gathers."""
MOST_WAITING = 1_000
"""Lists that wait to be written; while the database is away, the next ones are dropped."""

ADD = Query(
    add(
        impressions,
        "showing_id",
        "position",
        "learner_id",
        "mentor_id",
        "features",
        "model",
        "source",
        "degraded",
        "shown_at",
    )
)
_old = (
    select(impressions.c.showing_id, impressions.c.position)
    .where(here(impressions), impressions.c.shown_at < bindparam("moment"))
    .order_by(impressions.c.shown_at)
    .limit(bindparam("most"))
)
FORGET = Query(
    delete(impressions).where(
        here(impressions), tuple_(impressions.c.showing_id, impressions.c.position).in_(_old)
    )
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


def _row(actor: Actor, impression_list: ImpressionList, at: int) -> dict[str, Any]:
    option = impression_list.options[at]
    return {
        "showing_id": impression_list.id,
        "position": at + 1,
        "learner_id": actor.user_id,
        "mentor_id": option.mentor_id,
        "features": option.features,
        "model": impression_list.model,
        "source": impression_list.source.value,
        "degraded": impression_list.degraded,
        "shown_at": impression_list.at,
    }


BINDINGS: Bindings = (Binding[Impressions](PostgresImpressions),)
