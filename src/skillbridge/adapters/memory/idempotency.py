"""Answers that are kept, in dictionaries."""

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from datetime import datetime

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.memory.store import MemorySession
from skillbridge.application.ports.idempotency import (
    Answered,
    KeptAnswer,
    KeptAnswers,
    KeyedRequest,
    KeyReused,
    Once,
)
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import UserId

Place = tuple[UserId, str, str]


@dataclass(frozen=True, slots=True)
class AnswerRow:
    user_id: UserId
    request: KeyedRequest
    answer: KeptAnswer
    at: datetime


@dataclass(frozen=True, slots=True)
class MemoryOnce:
    """One at a time: who comes while the first is at work waits, and is given its answer."""

    session: MemorySession
    transaction: Transaction

    async def __call__(
        self, actor: Actor, request: KeyedRequest, work: Callable[[], Awaitable[KeptAnswer]]
    ) -> Answered:
        place = actor.user_id, request.operation, request.key
        async with self.transaction(actor) as tx:
            rows: MutableMapping[Place, AnswerRow] = self.session.table("kept_answers")
            if (first := rows.get(place)) is not None:
                if first.request.fingerprint != request.fingerprint:
                    raise KeyReused
                return Answered(first.answer, again=True)
            self.session.outer = tx
            try:
                answer = await work()
            finally:
                self.session.outer = None
            rows[place] = AnswerRow(actor.user_id, request, answer, await tx.now())
        return Answered(answer, again=False)


@dataclass(frozen=True, slots=True)
class MemoryKeptAnswers:
    session: MemorySession

    async def forget(self, before: datetime, *, limit: int) -> int:
        rows: MutableMapping[Place, AnswerRow] = self.session.table("kept_answers")
        old = [place for place, row in rows.items() if row.at < before][:limit]
        for place in old:
            del rows[place]
        return len(old)


BINDINGS: Bindings = (
    Binding[Once](MemoryOnce),
    Binding[KeptAnswers](MemoryKeptAnswers),
)
