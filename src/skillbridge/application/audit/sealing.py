"""Entries become a chain beside the writes that they are about, which therefore wait for no chain."""

from dataclasses import dataclass

from skillbridge.application.audit.ports import Seals
from skillbridge.application.ports.transaction import Transaction, Tx
from skillbridge.domain.actor import Actor
from skillbridge.domain.audit.chain import Seal, sealed
from skillbridge.domain.ids import TenantId

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
            done, _ = await seal_some(self.seals, tx, actor.tenant_id)
        return done


async def seal_some(seals: Seals, tx: Tx, tenant_id: TenantId) -> tuple[int, Seal]:
    """How many it sealed, and the newest seal: nobody else adds one until the transaction ends."""
    head = await seals.hold()
    waiting = await seals.waiting(AT_ONCE)
    if not waiting:
        return 0, head
    done = sealed(tenant_id, head, waiting, await tx.now())
    await seals.put(done)
    return len(done), done[-1].seal
