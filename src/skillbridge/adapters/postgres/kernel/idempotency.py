"""Answers that are kept with what their requests wrote."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import asyncpg
from sqlalchemy import BigInteger, DateTime, bindparam, delete, select, tuple_

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.postgres.engine.advisory_locks import HOLD
from skillbridge.adapters.postgres.engine.clauses import ACTOR, add, mine, own
from skillbridge.adapters.postgres.engine.connection_cache import while_holding
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query, Read
from skillbridge.adapters.postgres.kernel.tables import kept_answers
from skillbridge.application.ports.idempotency import (
    Answered,
    KeptAnswer,
    KeptAnswers,
    KeyedRequest,
    KeyInFlight,
    KeyReused,
    Once,
)
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.actor import Actor

_named = [kept_answers.c[name] == bindparam(name) for name in ("operation", "key")]
FIRST = Read(
    select(
        kept_answers.c.fingerprint,
        kept_answers.c.status,
        kept_answers.c.headers,
        kept_answers.c.body,
    ).where(mine(kept_answers), *_named)
)
KEEP = Query(
    add(kept_answers, "operation", "key", "fingerprint", "status", "headers", "body").values(
        user_id=ACTOR
    )
)
_old = (
    select(kept_answers.c.user_id, kept_answers.c.operation, kept_answers.c.key)
    .where(
        own(kept_answers), kept_answers.c.at < bindparam("moment", type_=DateTime(timezone=True))
    )
    .limit(bindparam("most", type_=BigInteger))
)
FORGET = Query(
    delete(kept_answers).where(
        own(kept_answers),
        tuple_(kept_answers.c.user_id, kept_answers.c.operation, kept_answers.c.key).in_(_old),
    )
)


@dataclass(frozen=True, slots=True)
class PostgresOnce:
    """All of a request's transactions are one, which ends with its answer."""

    database: Database
    session: Session
    transaction: Transaction

    async def __call__(
        self, actor: Actor, request: KeyedRequest, work: Callable[[], Awaitable[KeptAnswer]]
    ) -> Answered:
        named = {"operation": request.operation, "key": request.key}
        if first := _first(request, await self.database.read(actor, FIRST, **named)):
            return first
        async with self.transaction(actor) as tx:
            connection = self.session.connection
            if not await connection.value(HOLD, number=_number(actor, request)):
                raise KeyInFlight
            if first := _first(request, await connection.rows(FIRST, **named)):
                return first
            self.session.outer = tx
            try:
                with while_holding():
                    answer = await work()
            finally:
                self.session.outer = None
            await connection.run(
                KEEP,
                **named,
                fingerprint=request.fingerprint,
                status=answer.status,
                headers=answer.headers,
                body=answer.body,
            )
        return Answered(answer, again=False)


@dataclass(frozen=True, slots=True)
class PostgresKeptAnswers:
    session: Session

    async def forget(self, before: datetime, *, limit: int) -> int:
        return await self.session.connection.run(FORGET, moment=before, most=limit)


def _number(actor: Actor, request: KeyedRequest) -> int:
    """Of a hash that nobody can aim with: a key is chosen by its sender, and must hold nobody else's lock."""
    name = f"{actor.tenant_id} {actor.user_id} {request.operation} {request.key}"
    return int.from_bytes(sha256(name.encode()).digest()[:8], signed=True)


def _first(request: KeyedRequest, rows: Sequence[asyncpg.Record]) -> Answered | None:
    """Raises KeyReused."""
    for row in rows:
        if row["fingerprint"] != request.fingerprint:
            raise KeyReused
        return Answered(KeptAnswer(row["status"], row["headers"], row["body"]), again=True)
    return None


BINDINGS: Bindings = (
    Binding[Once](PostgresOnce),
    Binding[KeptAnswers](PostgresKeptAnswers),
)
