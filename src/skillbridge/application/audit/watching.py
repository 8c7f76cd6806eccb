"""Whether the trail is whole is asked each day, and not only when somebody thinks of it."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from skillbridge.application.audit.verification import Verified, VerifyAudit
from skillbridge.application.security_signals import SecuritySignals
from skillbridge.domain.actor import Actor

log = logging.getLogger(__name__)

WATCH_EVERY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WatchAudit:
    """Verifies the whole trail of a tenant; what is wrong with it is a signal."""

    verify: VerifyAudit
    signals: SecuritySignals

    async def __call__(self, actor: Actor, slot: str = "") -> Verified:  # noqa: ARG002  the whole in any slot
        found = await self.verify(actor)
        if found.findings:
            faults = [finding.fault.value for finding in found.findings]
            log.error("audit.broken", extra={"faults": sorted(set(faults))})
            await self.signals.chain_broken(actor, faults)
        return found
