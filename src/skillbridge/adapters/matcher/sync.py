"""Keeping the matcher's copy of the mentors at the present version."""

import asyncio
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field

from structlog import get_logger

from skillbridge.adapters.matcher.client import (
    MatcherAway,
    MatcherClient,
    MatcherGarbled,
    NobodyListens,
    NoMatcherYet,
    PoolUnknown,
    VersionBehind,
    VersionGap,
)
from skillbridge.adapters.matcher.wire import PoolOut
from skillbridge.adapters.resilience import retrying
from skillbridge.application.ranking.ports.pool import MentorPool, Seal, Snapshot
from skillbridge.domain.ids import TenantId

log = get_logger(__name__)

GAPS_HEALED = 4
"""Times another feeder may overtake us before the whole pool is sent."""


@dataclass(slots=True)
class MatcherFeed:
    """Sends what changed since the version the matcher says it has, or everything.

    Everything also when it holds something else than that version should: see `MentorPool.seal`.
    The matcher is asked each time, nothing is remembered here: a restarted matcher, a second
    feeder and a restored database heal by the same way. One push per tenant at a time.

    The matcher takes no older version than it holds. A snapshot that it refuses is late, if the
    database knows of what is held there: all that is sent was sealed before. Otherwise the database
    went back, to a backup, and the snapshot is sent once more, in place of exactly what is held.
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
        """What is sent is sealed before, so that no answer from it comes too early to be checked.

        Who changes the pool faster than we look will push, too.
        """
        for _ in range(GAPS_HEALED):
            seal = await self.pool.seal(tenant_id)
            held = await self._brought(tenant_id, seal)
            if held is not None and held.version == seal.version:
                if held.digest != seal.digest:
                    raise MatcherGarbled("the matcher makes something else of what was sent to it")
                return

    async def _brought(self, tenant_id: TenantId, seal: Seal) -> PoolOut | None:
        """What the matcher holds after changes, or everyone, were sent to it; see `_sent`."""
        try:
            held = await self._caught_up(tenant_id)
        except PoolUnknown:
            held = None
            log.info("matcher has no pool", tenant_id=str(tenant_id))
        if held is not None and (held.version != seal.version or held.digest == seal.digest):
            return held
        if held is not None:
            log.warning(
                "matcher holds other mentors", tenant_id=str(tenant_id), version=held.version
            )
        return await self._sent(tenant_id)

    async def _sent(self, tenant_id: TenantId) -> PoolOut | None:
        """What the matcher holds after everyone was sent; None when it changed at the same time."""
        snapshot = await self.pool.candidates(tenant_id)
        with suppress(VersionBehind):
            return await self._replaced(tenant_id, snapshot)
        with suppress(PoolUnknown, VersionBehind):
            held = await self.client.held(tenant_id)
            if (await self.pool.known(tenant_id, (), held.version)).digest is not None:
                return held
            log.warning(
                "matcher is ahead of the database", tenant_id=str(tenant_id), version=held.version
            )
            return await self._replaced(tenant_id, snapshot, held.digest)
        return None

    async def _replaced(
        self, tenant_id: TenantId, snapshot: Snapshot, instead_of: str | None = None
    ) -> PoolOut:
        held = await self.client.replace(tenant_id, snapshot, instead_of)
        log.info("pool sent", tenant_id=str(tenant_id), mentors=len(snapshot.candidates))
        return held

    async def _caught_up(self, tenant_id: TenantId) -> PoolOut | None:
        """None when deltas were not enough."""
        held = await self.client.held(tenant_id)
        for _ in range(GAPS_HEALED):
            delta = await self.pool.changes_since(tenant_id, held.version)
            if delta is None:
                return None
            if delta.version == held.version:
                return held
            try:
                return await self.client.change(tenant_id, delta)
            except VersionGap:
                held = await self.client.held(tenant_id)
        return None


@dataclass(frozen=True, slots=True)
class NoFeed:
    """There is no matcher to keep up to date."""

    async def push(self, tenant_id: TenantId) -> None:
        """Nothing to do."""
