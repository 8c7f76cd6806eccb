"""Whether the trail is whole is asked each day, and not only when somebody thinks of it."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from skillbridge.application.audit.verification import Verified, VerifyAudit
from skillbridge.application.security_signals import SecuritySignals
from skillbridge.domain.actor import Actor
from skillbridge.domain.audit.chain import Fault

log = logging.getLogger(__name__)

WATCH_EVERY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WatchAudit:
    """Verifies the whole trail of a tenant; what is wrong with it is a signal.

    But for an entry that waits for its seal: after every worker was away there are some, for a second.
    """

    verify: VerifyAudit
    signals: SecuritySignals

    async def __call__(self, actor: Actor, slot: str = "") -> Verified:  # noqa: ARG002  the whole in any slot
        found = await self.verify(actor)
        faults = sorted({it.fault.value for it in found.findings} - {Fault.WAITING.value})
        if faults:
            log.error("audit.broken", extra={"faults": faults})
            await self.signals.chain_broken(actor, faults)
        return found
