"""The audit trail is sealed beside everything else: what was written waits a second for its seal."""

import asyncio
from dataclasses import dataclass

import structlog
from dishka import AsyncContainer

from skillbridge.application.audit.ports import Unsealed
from skillbridge.application.audit.sealing import SealAudit
from skillbridge.application.outages import Outage
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import SkillBridgeError
from skillbridge.entrypoints.worker.dispatch import pause

log = structlog.get_logger()

EVERY = 1.0
"""Seconds. No job: there would be a row for each second and tenant, most of them for nothing."""


@dataclass(slots=True)
class Sealing:
    """Every worker does it; those of one tenant take turns."""

    container: AsyncContainer

    async def once(self) -> int:
        """Returns how many entries it sealed."""
        unsealed, total = await self.container.get(Unsealed), 0
        for tenant_id in await unsealed.tenants():
            async with self.container() as scope:
                total += await (await scope.get(SealAudit))(Actor.system(tenant_id))
        return total

    async def forever(self, stopping: asyncio.Event, every: float = EVERY) -> None:
        outage = Outage()
        while not stopping.is_set():
            try:
                await self.once()
            except SkillBridgeError as error:
                if outage.begins():
                    log.warning("audit.not_sealed", reason=str(error))
            else:
                if tries := outage.ends():
                    log.info("audit.sealed_again", tries=tries)
            await pause(stopping, every)
