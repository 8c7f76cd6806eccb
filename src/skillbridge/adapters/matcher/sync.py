"""Keeping the matcher's copy of the mentors at the present version."""

import asyncio
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field

from structlog import get_logger

from skillbridge.adapters.matcher.client import (
    MatcherAway,
    MatcherClient,
    NobodyListens,
    NoMatcherYet,
    PoolUnknown,
    VersionGap,
)
from skillbridge.adapters.resilience import retrying
from skillbridge.application.matching.ports import MentorPool
from skillbridge.domain.ids import TenantId

log = get_logger(__name__)

GAPS_HEALED = 4
"""Times another feeder may overtake us before the whole pool is sent."""


@dataclass(slots=True)
class MatcherFeed:
    """Sends what changed since the version the matcher says it has, or everything.

    The matcher is asked each time, nothing is remembered here: a restarted matcher, a second
    feeder and a restored database heal by the same way. One push per tenant at a time.
    """

    client: MatcherClient
    pool: MentorPool
    _locks: defaultdict[TenantId, asyncio.Lock] = field(
        init=False, default_factory=lambda: defaultdict(asyncio.Lock)
    )

    async def push(self, tenant_id: TenantId) -> None:
        """Brings the copy up to date; raises MatcherAway or MatcherGarbled.

        While there is no matcher there is nothing to do: the one that comes has no mentors, and
        is given all of them by the first question.
        """
        async with self._locks[tenant_id]:
            with suppress(NoMatcherYet, NobodyListens):
                async for attempt in retrying(MatcherAway):
                    with attempt:
                        await self._push(tenant_id)

    async def _push(self, tenant_id: TenantId) -> None:
        try:
            if await self._catch_up(tenant_id):
                return
        except PoolUnknown:
            log.info("matcher has no pool", tenant_id=str(tenant_id))
        snapshot = await self.pool.candidates(tenant_id)
        await self.client.replace(tenant_id, snapshot)
        log.info("pool sent", tenant_id=str(tenant_id), mentors=len(snapshot.candidates))

    async def _catch_up(self, tenant_id: TenantId) -> bool:
        """True when deltas were enough."""
        version = await self.client.version(tenant_id)
        for _ in range(GAPS_HEALED):
            delta = await self.pool.changes_since(tenant_id, version)
            if delta is None:
                return False
            if delta.version == version:
                return True
            try:
                await self.client.change(tenant_id, delta)
            except VersionGap as gap:
                version = gap.current
            else:
                return True
        return False


@dataclass(frozen=True, slots=True)
class NoFeed:
    """There is no matcher to keep up to date."""

    async def push(self, tenant_id: TenantId) -> None:
        """Nothing to do."""
