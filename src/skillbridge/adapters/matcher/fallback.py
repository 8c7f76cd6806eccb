"""The same answers without the matcher: slower, in this process."""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from skillbridge.application.matching.ports import (
    AssignMode,
    Cohort,
    MentorPool,
    Placement,
    Ranking,
    Source,
)
from skillbridge.domain.ids import TenantId, UserId
from skillbridge.domain.matching.candidate import Candidate
from skillbridge.domain.matching.need import Need, check_cohort
from skillbridge.domain.matching.score import Score, rank

LIST_LENGTH = 32
"""Mentors each learner of a cohort may get, as in the matcher."""
TENANTS_HELD = 16


@dataclass(slots=True)
class Copy:
    """A tenant's mentors at a version."""

    version: int
    mentors: dict[UserId, Candidate]


@dataclass(slots=True)
class FallbackMatcher:
    """Scores with the domain's own rules over a copy of the pool, kept fresh by its changes.

    A cohort is shared greedily whatever the mode, and never called optimal. Holds the copies of
    the tenants used last.
    """

    pool: MentorPool
    _held: OrderedDict[TenantId, Copy] = field(init=False, default_factory=OrderedDict)
    _locks: defaultdict[TenantId, asyncio.Lock] = field(
        init=False, default_factory=lambda: defaultdict(asyncio.Lock)
    )

    async def rank(self, tenant_id: TenantId, need: Need, k: int) -> Ranking:
        """The `k` best, in a thread: many mentors take a while."""
        mentors = await self._mentors(tenant_id)
        found = await asyncio.to_thread(rank, need, mentors, k)
        return Ranking(found, degraded=False, source=Source.FALLBACK)

    async def assign(
        self,
        tenant_id: TenantId,
        needs: Sequence[Need],
        mode: AssignMode = AssignMode.OPTIMAL,  # noqa: ARG002  # greedy is all there is here
    ) -> Cohort:
        """Best pair first."""
        check_cohort(needs)
        mentors = await self._mentors(tenant_id)
        return await asyncio.to_thread(share_greedily, needs, mentors)

    async def _mentors(self, tenant_id: TenantId) -> Sequence[Candidate]:
        async with self._locks[tenant_id]:
            held = self._held.pop(tenant_id, None)
            self._held[tenant_id] = held = await self._refreshed(tenant_id, held)
            if len(self._held) > TENANTS_HELD:
                self._held.popitem(last=False)
            return tuple(held.mentors.values())

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


def share_greedily(needs: Sequence[Need], mentors: Iterable[Candidate]) -> Cohort:
    """Pairs by falling score, equal ones by learner and mentor, while both are free."""
    everyone = tuple(mentors)
    lists = {need.learner_id: rank(need, everyone, LIST_LENGTH) for need in needs}
    pairs = [(learner, score) for learner, scores in lists.items() for score in scores]
    pairs.sort(key=lambda pair: (-pair[1].total, pair[0].int, pair[1].mentor_id.int))
    left = {mentor.id: mentor.free for mentor in everyone}
    placed: dict[UserId, Score] = {}
    for learner, score in pairs:
        if learner not in placed and left[score.mentor_id] > 0:
            left[score.mentor_id] -= 1
            placed[learner] = score
    return Cohort(
        placements=tuple(
            Placement(learner, placed[learner]) for learner in lists if learner in placed
        ),
        without_candidates=tuple(learner for learner, scores in lists.items() if not scores),
        without_place=tuple(
            learner for learner, scores in lists.items() if scores and learner not in placed
        ),
        objective=sum(score.total for score in placed.values()),
        optimal=False,
        degraded=False,
        source=Source.FALLBACK,
    )
