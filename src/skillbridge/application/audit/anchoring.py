"""The end of each chain is shown outside of the database, and months come and go."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from skillbridge.application.audit.ports import Anchors, AuditReads, Months
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.actor import Actor
from skillbridge.domain.audit.chain import NONE, Anchor
from skillbridge.domain.audit.retention import MONTHS_AHEAD, kept_from

log = logging.getLogger(__name__)

ANCHOR_EVERY = KEEP_EVERY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AnchorAudit:
    """By the clock: the newest seal of a tenant, signed, where the database's owner writes nothing.

    It stands in the log too, which is sent away as it is written.
    """

    reads: AuditReads
    anchors: Anchors

    async def __call__(self, actor: Actor, slot: str = "") -> None:  # noqa: ARG002  the newest in any slot
        bounds = await self.reads.bounds(actor)
        if bounds.head == NONE:
            return
        await self.anchors.add(Anchor(actor.tenant_id, bounds.head, bounds.now))
        told = {"tenant": str(actor.tenant_id), "n": bounds.head.n, "hash": bounds.head.hash.hex()}
        log.info("audit.anchored", extra=told)


@dataclass(frozen=True, slots=True)
class KeepAuditMonths:
    """By the clock: makes room for the months to come, and lets those go whose term is over."""

    transaction: Transaction
    months: Months

    async def __call__(self, actor: Actor, slot: str = "") -> None:  # noqa: ARG002  old is old in any slot
        async with self.transaction(actor) as tx:
            today = (await tx.now()).date()
            await self.months.prepare(today, MONTHS_AHEAD)
            for gone in await self.months.retire(kept_from(today)):
                log.info("audit.retired", extra={"month": gone})
