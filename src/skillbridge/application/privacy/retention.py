"""What is kept for a time only: the schedule of the register, carried out by the clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from skillbridge.application.ports.jobs import Step
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.privacy.ports import Retention
from skillbridge.application.privacy.views import PastTerm
from skillbridge.domain.actor import Actor

FORGET_EVERY = timedelta(hours=1)
AT_ONCE = 5_000
"""Rows that one transaction deletes."""
BATCHES = 20
"""Of each term in one job: the next slot takes the rest."""


@dataclass(frozen=True, slots=True)
class ForgetByAge:
    """By the clock: deletes what is past its term, in batches that stay; what others delete is left to them."""

    step: Step
    retention: Retention

    async def __call__(self, actor: Actor, slot: str) -> None:  # noqa: ARG002  old is old in any slot
        await self.now(actor)

    async def now(self, actor: Actor) -> dict[str, int]:
        """How many rows of each table."""
        found: dict[str, int] = {}
        for term in self.retention.terms():
            for _ in range(0 if term.by else BATCHES):
                async with self.step(actor) as tx:
                    gone = await self.retention.forget(term, await tx.now(), limit=AT_ONCE)
                found[term.table] = found.get(term.table, 0) + gone
                if gone < AT_ONCE:
                    break
        return found


@dataclass(frozen=True, slots=True)
class PreviewRetention:
    """What is past its term now: nothing is deleted."""

    transaction: Transaction
    retention: Retention

    async def __call__(self, actor: Actor) -> Sequence[PastTerm]:
        async with self.transaction(actor, read_only=True) as tx:
            now = await tx.now()
            return [
                PastTerm(term, await self.retention.due(term, now))
                for term in self.retention.terms()
            ]
