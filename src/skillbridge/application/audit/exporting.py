"""Entries for programs that watch: taken in the order of the chain, so that none is missed or told twice."""

from collections.abc import Sequence
from dataclasses import dataclass

from skillbridge.application.audit.ports import AuditReads
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.actor import Actor
from skillbridge.domain.audit.chain import Sealed
from skillbridge.domain.events.audit import AuditExported


@dataclass(frozen=True, slots=True)
class ExportAudit:
    """The sealed entries after a place, at most so many; that they were taken is an entry, too."""

    transaction: Transaction
    reads: AuditReads

    async def __call__(self, actor: Actor, after: int, limit: int) -> Sequence[Sealed]:
        found = await self.reads.chain(actor, after, after + limit)
        if found:
            first, last = found[0].seal.n, found[-1].seal.n
            async with self.transaction(actor) as tx:
                tx.emit(AuditExported(first=first, last=last, at=await tx.now()))
        return found
