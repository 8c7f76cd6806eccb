"""The mentors who can be suggested, and the matcher's copy of them."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from skillbridge.domain.ids import TenantId, UserId
from skillbridge.domain.ranking.candidate import Candidate


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


class Seal(NamedTuple):
    """What a pool at a version must hold: see `domain.ranking.digest`, in 16 digits."""

    version: int
    digest: str


class Known(NamedTuple):
    """Which of some mentors are in the pool, the version it has reached, and the seal of another."""

    version: int
    mentors: frozenset[UserId]
    digest: str | None
    """Of the version that was asked about; None when it has no seal."""


class MentorPool(Protocol):
    """The mentors of a tenant who can be suggested at all, as the matcher sees them.

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

    async def seal(self, tenant_id: TenantId) -> Seal:
        """Seals the present version, and tells its digest; as much work as there were changes.

        Every version that is sent to a matcher is sealed first. The seals of some versions before
        are kept, for answers that were made before the last change.
        """
        ...

    async def known(self, tenant_id: TenantId, mentor_ids: Sequence[UserId], said: int) -> Known:
        """Those of `mentor_ids` (at most 100 000) who are in the pool now, and its version.

        And what was sealed of version `said`; a large pool makes it no more work.
        """
        ...


class PoolFeed(Protocol):
    """Keeps the matcher's copy of a tenant's mentors up to date."""

    async def push(self, tenant_id: TenantId) -> None:
        """Brings the copy to the present version; repeating it is harmless.

        Raises Unavailable when the matcher is there and cannot be brought to it.
        """
