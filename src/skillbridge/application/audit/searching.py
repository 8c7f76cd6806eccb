"""Looking into the audit trail leaves an entry of its own."""

from dataclasses import dataclass

from skillbridge.application.audit.ports import AuditReads
from skillbridge.application.audit.views import AuditEntry, Search
from skillbridge.application.paging import Key, Page, PageRequest
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.audit import AuditSearched


@dataclass(frozen=True, slots=True)
class SearchAudit:
    """The entries that fit, the newest first. That somebody looks is written before they see anything."""

    transaction: Transaction
    reads: AuditReads

    async def __call__(
        self, actor: Actor, asked: Search, page: PageRequest[Key]
    ) -> Page[AuditEntry, Key]:
        async with self.transaction(actor) as tx:
            tx.emit(AuditSearched(asked=asked.asked, at=await tx.now()))
        return await self.reads.search(actor, asked, page)
