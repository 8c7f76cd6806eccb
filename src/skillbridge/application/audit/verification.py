"""Whether the audit trail is what was written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from skillbridge.application.audit.ports import Anchors, AuditReads
from skillbridge.domain.actor import Actor
from skillbridge.domain.audit.chain import Fault, Finding, Verifier

AT_ONCE = 1_000
PATIENCE = timedelta(minutes=5)
"""So long may an entry wait for its seal, while a worker lives."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What was read, and all that is wrong with it."""

    entries: int
    last: int
    anchors: int
    findings: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class VerifyAudit:
    """Reads the whole chain of a tenant and computes each seal anew, here and not in the database."""

    reads: AuditReads
    anchors: Anchors

    async def __call__(self, actor: Actor) -> Verified:
        """Anchors come first and the bounds in one look: what is sealed meanwhile is no fault."""
        anchored = await self.anchors.of(actor.tenant_id)
        bounds = await self.reads.bounds(actor)
        verifier = Verifier(actor.tenant_id, bounds.retired, anchored.anchors)
        for after in range(verifier.last.n, bounds.last, AT_ONCE):
            through = min(after + AT_ONCE, bounds.last)
            for one in await self.reads.chain(actor, after, through):
                verifier.take(one)
        found = [*verifier.end(bounds.head), *[Finding(Fault.FORGED, 0)] * anchored.forged]
        if bounds.waiting_since and bounds.now - bounds.waiting_since > PATIENCE:
            found.append(Finding(Fault.WAITING, bounds.last + 1))
        return Verified(verifier.read, verifier.last.n, len(anchored.anchors), found)
