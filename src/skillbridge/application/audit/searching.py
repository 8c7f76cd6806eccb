"""Looking into the audit trail leaves an entry of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from skillbridge.application.audit.ports import AuditReads, SignalReads
from skillbridge.application.audit.views import AuditEntry, Search, SignalCount
from skillbridge.application.paging import Key, Page, PageRequest
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.audit import AuditSearched, SecuritySignalRaised


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


@dataclass(frozen=True, slots=True)
class CountSignals:
    """The security signals since a moment, by kind; that somebody looks is written, as of any search."""

    transaction: Transaction
    reads: SignalReads

    async def __call__(self, actor: Actor, since: datetime) -> Sequence[SignalCount]:
        asked = Search(action=SecuritySignalRaised.__name__, since=since).asked
        async with self.transaction(actor) as tx:
            tx.emit(AuditSearched(asked=asked, at=await tx.now()))
        return await self.reads.counts(actor, since)
