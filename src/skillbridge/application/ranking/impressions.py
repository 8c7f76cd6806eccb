"""What was shown, kept for learning: forgotten in time, exported without names."""

import hmac
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_bytes

from skillbridge.application.paging import Page, PageRequest
from skillbridge.application.ports.clock import Clock
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.ranking.ports.impressions import (
    ATTRIBUTED_WITHIN,
    ImpressionReads,
    Impressions,
    PastImpression,
    Place,
)
from skillbridge.domain.actor import Actor
from skillbridge.domain.matching.match import MatchStatus

KEPT = timedelta(days=180)
"""Long enough for two terms of outcomes, then an impression is deleted."""
FORGET_EVERY = timedelta(hours=1)
FORGOTTEN_AT_ONCE = 50_000
"""Rows that one job deletes: the next slot takes the rest."""
PAGE = 5_000

LABELS = {
    MatchStatus.REQUESTED: 1,
    MatchStatus.WITHDRAWN: 1,
    MatchStatus.EXPIRED: 1,
    MatchStatus.DECLINED: 1,
    MatchStatus.ACTIVE: 2,
    MatchStatus.CANCELLED: 2,
    MatchStatus.COMPLETED: 3,
}
"""Relevance in grades, as in learning to rank: asked, accepted, completed; 0 is not asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One suggestion to learn from; people and lists have pseudonyms of this export alone."""

    list: str
    learner: str
    mentor: str
    position: int
    """As shown, 1 first."""
    shown_at: datetime
    model: str
    """Who ordered the list; `base` for the order of the totals."""
    source: str
    degraded: bool
    features: Mapping[str, int]
    outcome: MatchStatus | None
    label: int
    open: bool
    """The outcome may still change: the time for asking, or the match, is not over."""


@dataclass(slots=True)
class Pseudonyms:
    """The same stands for the same within one export, and for nothing outside of it.

    Keyed hashes (HMAC-SHA-256) under a key that is drawn anew and never stored, so that neither a
    list of ids nor another export tells who is who.
    """

    _key: bytes = field(default_factory=lambda: token_bytes(32))

    def __call__(self, name: object) -> str:
        return hmac.digest(self._key, str(name).encode(), "sha256").hex()[:16]


@dataclass(frozen=True, slots=True)
class ExportExamples:
    """Every suggestion shown from `since` until `until`, with what became of it; oldest first.

    `until` is not included, and is now where it is not given. Memory does not grow with the number.
    """

    reads: ImpressionReads
    clock: Clock

    async def __call__(
        self, actor: Actor, since: datetime, until: datetime | None = None
    ) -> AsyncIterator[Example]:
        now, named = self.clock(), Pseudonyms()
        end = until or now
        page = await self._page(actor, since, end)
        while True:
            for one in page.items:
                yield _example(one, named, now)
            if page.next is None:
                return
            page = await self._page(actor, since, end, page.next)

    async def _page(
        self, actor: Actor, since: datetime, until: datetime, after: Place | None = None
    ) -> Page[PastImpression, Place]:
        return await self.reads.page(actor, since, until, PageRequest(PAGE, after))


@dataclass(frozen=True, slots=True)
class ForgetImpressions:
    """By the clock: deletes what was shown longer ago than it is kept."""

    transaction: Transaction
    impressions: Impressions

    async def __call__(self, actor: Actor, slot: str) -> None:  # noqa: ARG002  old is old in any slot
        async with self.transaction(actor) as tx:
            before = await tx.now() - KEPT
            await self.impressions.forget(before, limit=FORGOTTEN_AT_ONCE)


def _example(one: PastImpression, named: Pseudonyms, now: datetime) -> Example:
    return Example(
        list=named(one.place.list_id),
        learner=named(one.learner_id),
        mentor=named(one.mentor_id),
        position=one.place.position,
        shown_at=one.place.shown_at,
        model=one.model,
        source=one.source,
        degraded=one.degraded,
        features=one.features,
        outcome=one.outcome,
        label=LABELS[one.outcome] if one.outcome else 0,
        open=_is_open(one, now),
    )


def _is_open(one: PastImpression, now: datetime) -> bool:
    if one.outcome is None:
        return now < one.place.shown_at + ATTRIBUTED_WITHIN
    return one.outcome in {MatchStatus.REQUESTED, MatchStatus.ACTIVE}
