"""The same answers without the matcher: slower, in this process."""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from skillbridge.adapters.matcher.sharing import share
from skillbridge.application.cohorts.ports import Assignment
from skillbridge.application.ranking.ports.pool import MentorPool
from skillbridge.application.ranking.ports.ranker import Ranking, Source
from skillbridge.domain.cohorts.assignment import USUALLY, AssignOptions, check_cohort
from skillbridge.domain.ids import TenantId, UserId
from skillbridge.domain.ranking.candidate import Candidate
from skillbridge.domain.ranking.need import Need
from skillbridge.domain.ranking.score import USUAL, Weights, rank

TENANTS_HELD = 16


@dataclass(slots=True)
class Copy:
    """A tenant's mentors at a version."""

    version: int
    mentors: dict[UserId, Candidate]


@dataclass(slots=True)
class FallbackMatcher:
    """Scores with the domain's own rules over a copy of the pool, kept fresh by its changes.

    A cohort is shared stably or greedily, and called optimal only where a simple bound proves it.
    Holds the copies of the tenants used last.
    """

    pool: MentorPool
    _held: OrderedDict[TenantId, Copy] = field(init=False, default_factory=OrderedDict)
    _locks: defaultdict[TenantId, asyncio.Lock] = field(
        init=False, default_factory=lambda: defaultdict(asyncio.Lock)
    )

    async def rank(
        self, tenant_id: TenantId, need: Need, k: int, weights: Weights = USUAL
    ) -> Ranking:
        """The `k` best, in a thread: many mentors take a while."""
        mentors = await self._mentors(tenant_id)
        found = await asyncio.to_thread(rank, need, mentors, k, weights)
        return Ranking(found, degraded=False, source=Source.FALLBACK)

    async def assign(
        self, tenant_id: TenantId, needs: Sequence[Need], options: AssignOptions = USUALLY
    ) -> Assignment:
        """Stable when that is asked for; best pair first in every other mode."""
        check_cohort(needs)
        held = await self._copy(tenant_id)
        mentors = tuple(held.mentors.values())
        return await asyncio.to_thread(share, needs, mentors, options, version=held.version)

    async def _mentors(self, tenant_id: TenantId) -> Sequence[Candidate]:
        return tuple((await self._copy(tenant_id)).mentors.values())

    async def _copy(self, tenant_id: TenantId) -> Copy:
        async with self._locks[tenant_id]:
            held = self._held.pop(tenant_id, None)
            self._held[tenant_id] = held = await self._refreshed(tenant_id, held)
            if len(self._held) > TENANTS_HELD:
                self._held.popitem(last=False)
            return held

    async def _refreshed(self, tenant_id: TenantId, held: Copy | None) -> Copy:
        delta = await self.pool.changes_since(tenant_id, held.version) if held else None
        if held is None or delta is None:
            snapshot = await self.pool.candidates(tenant_id)
            return Copy(snapshot.version, {mentor.id: mentor for mentor in snapshot.candidates})
        for gone in delta.removals:
            held.mentors.pop(gone, None)
        held.mentors.update((mentor.id, mentor) for mentor in delta.upserts)
        held.version = delta.version
        return held
