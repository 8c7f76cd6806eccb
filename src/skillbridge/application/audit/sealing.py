"""Entries become a chain beside the writes that they are about, which therefore wait for no chain."""

from dataclasses import dataclass

from skillbridge.application.audit.ports import Seals
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.actor import Actor
from skillbridge.domain.audit.chain import sealed

AT_ONCE = 500
"""Entries that one transaction seals."""


@dataclass(frozen=True, slots=True)
class SealAudit:
    """Seals what waits in a tenant; returns how many that were.

    An entry gets its place when it is sealed. So what commits late follows later, and a number that a
    transaction took and gave up leaves no gap.
    """

    transaction: Transaction
    seals: Seals

    async def __call__(self, actor: Actor) -> int:
        total = 0
        while done := await self._some(actor):
            total += done
            if done < AT_ONCE:
                break
        return total

    async def _some(self, actor: Actor) -> int:
        async with self.transaction(actor) as tx:
            head = await self.seals.hold()
            waiting = await self.seals.waiting(AT_ONCE)
            if waiting:
                await self.seals.put(sealed(actor.tenant_id, head, waiting, await tx.now()))
        return len(waiting)
