"""The answers that are kept for requests that are sent again, and their end."""

from dataclasses import dataclass
from datetime import timedelta

from skillbridge.application.ports.idempotency import KEPT, KeptAnswers
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.actor import Actor

FORGET_EVERY = timedelta(hours=1)
FORGOTTEN_AT_ONCE = 50_000
"""Rows that one job deletes: the next slot takes the rest."""


@dataclass(frozen=True, slots=True)
class ForgetAnswers:
    """By the clock: deletes the answers that were kept for their day."""

    transaction: Transaction
    answers: KeptAnswers

    async def __call__(self, actor: Actor, slot: str) -> None:  # noqa: ARG002  old is old in any slot
        async with self.transaction(actor) as tx:
            await self.answers.forget(await tx.now() - KEPT, limit=FORGOTTEN_AT_ONCE)


USE_CASES = (ForgetAnswers,)
