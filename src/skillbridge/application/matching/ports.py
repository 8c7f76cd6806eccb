"""What matching needs from outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

from skillbridge.domain.ids import TenantId, UserId
from skillbridge.domain.matching.candidate import Candidate
from skillbridge.domain.matching.need import Need
from skillbridge.domain.matching.score import Score


class Source(StrEnum):
    """Who answered."""

    MATCHER = "matcher"
    FALLBACK = "fallback"


class AssignMode(StrEnum):
    """`optimal`: the highest sum of scores, proven; `greedy`: best pair first."""

    OPTIMAL = "optimal"
    GREEDY = "greedy"


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best mentors first. Degraded: the matcher should have answered and could not."""

    suggestions: tuple[Score, ...]
    degraded: bool
    source: Source


@dataclass(frozen=True, slots=True)
class Placement:
    """A learner and the mentor found for them."""

    learner_id: UserId
    mentor: Score


@dataclass(frozen=True, slots=True)
class Cohort:
    """A cohort shared among mentors."""

    placements: tuple[Placement, ...]
    without_candidates: tuple[UserId, ...]
    """Learners whom no mentor suits."""
    without_place: tuple[UserId, ...]
    """Learners whom mentors suit, but not enough places."""
    objective: int
    """Sum of the scores."""
    optimal: bool
    """Proven: no other way to use the learners' lists has a higher sum."""
    degraded: bool
    source: Source


class Matcher(Protocol):
    """Ranks and assigns by the rules of `domain.matching.score`; always answers.

    Raises Invalid for a question out of bounds, before anyone is asked.
    """

    async def rank(self, tenant_id: TenantId, need: Need, k: int) -> Ranking:
        """The `k` (1 to 100) best mentors for one learner."""
        ...

    async def assign(
        self, tenant_id: TenantId, needs: Sequence[Need], mode: AssignMode = AssignMode.OPTIMAL
    ) -> Cohort:
        """Shares at most 100 000 learners, each named once, among mentors within their free places."""
        ...


class Snapshot(NamedTuple):
    """All mentors of a tenant at a version."""

    version: int
    candidates: Sequence[Candidate]


class Delta(NamedTuple):
    """What leads from version `base` to `version`; a mentor is in one of the two lists."""

    base: int
    version: int
    upserts: Sequence[Candidate]
    removals: Sequence[UserId]


class MentorPool(Protocol):
    """The mentors of a tenant who can be suggested at all, as matching sees them.

    The version is a whole number from 0 to 2^53 that grows with every change that matters to a
    score. Masks and offsets hold for one week, so a new week is a change of everyone: `changes_since`
    answers None across it.
    """

    async def candidates(self, tenant_id: TenantId) -> Snapshot:
        """Everyone, and the version this is."""
        ...

    async def changes_since(self, tenant_id: TenantId, version: int) -> Delta | None:
        """What changed after `version`: an empty delta when nothing did.

        None when only a snapshot helps: too long ago, or a version this pool never had.
        """
        ...

    async def known(self, tenant_id: TenantId, mentor_ids: Sequence[UserId]) -> frozenset[UserId]:
        """Those of `mentor_ids` (at most 100 000) who are in the pool now."""
        ...


class PoolFeed(Protocol):
    """Keeps the matcher's copy of a tenant's mentors up to date."""

    async def push(self, tenant_id: TenantId) -> None:
        """Brings the copy to the present version; repeating it is harmless.

        Raises Unavailable when the matcher is away.
        """
