"""What was shown, in dictionaries."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.memory.store import MemorySession, Store
from skillbridge.application.paging import Page, PageRequest, cut
from skillbridge.application.ranking.ports.impressions import (
    ATTRIBUTED_WITHIN,
    ImpressionList,
    ImpressionLog,
    ImpressionReads,
    Impressions,
    PastImpression,
    Place,
)
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import UserId
from skillbridge.domain.matching.match import Match, MatchStatus


@dataclass(frozen=True, slots=True)
class MemoryImpressionLog:
    store: Store

    def note(self, actor: Actor, impression_list: ImpressionList) -> None:
        table = self.store.rows.setdefault((actor.tenant_id, "impressions"), {})
        for position, option in enumerate(impression_list.options, 1):
            place = Place(impression_list.at, impression_list.id, position)
            table[place] = PastImpression(
                place=place,
                learner_id=actor.user_id,
                mentor_id=option.mentor_id,
                model=impression_list.model,
                source=impression_list.source,
                degraded=impression_list.degraded,
                features=dict(option.features),
                outcome=None,
            )

    async def settle(self) -> None:
        """It is kept at once."""


@dataclass(frozen=True, slots=True)
class MemoryImpressions:
    session: MemorySession

    async def forget(self, before: datetime, *, limit: int) -> int:
        table = self.session.table("impressions")
        old = sorted(place for place in table if place.shown_at < before)[:limit]
        for place in old:
            del table[place]
        return len(old)


@dataclass(frozen=True, slots=True)
class MemoryImpressionReads:
    session: MemorySession

    async def page(
        self, actor: Actor, since: datetime, until: datetime, page: PageRequest[Place]
    ) -> Page[PastImpression, Place]:
        table = self.session.table("impressions", of=actor)
        matches = self.session.table("matches", of=actor)
        shown = (one for place, one in table.items() if since <= place.shown_at < until)
        found = cut(shown, page, lambda one: one.place, ascending=True)
        items = [_with_outcome(one, table, matches) for one in found.items]
        return Page(items, found.next)


def _with_outcome(
    one: PastImpression, table: Mapping[Any, Any], matches: Mapping[Any, Any]
) -> PastImpression:
    again = [
        other.place.shown_at
        for other in table.values()
        if (other.learner_id, other.mentor_id) == (one.learner_id, one.mentor_id)
        and other.place.shown_at > one.place.shown_at
    ]
    end = min([one.place.shown_at + ATTRIBUTED_WITHIN, *again])
    requests = _requests(matches, one.learner_id, one.mentor_id)
    led_to = [match for match in requests if one.place.shown_at <= match.requested_at < end]
    first = min(led_to, key=lambda match: match.requested_at, default=None)
    status: MatchStatus | None = first.status if first else None
    return replace(one, outcome=status)


def _requests(matches: Mapping[Any, Any], learner_id: UserId, mentor_id: UserId) -> Iterator[Match]:
    for match in matches.values():
        if (match.learner_id, match.mentor_id) == (learner_id, mentor_id):
            yield match


BINDINGS: Bindings = (
    Binding[ImpressionLog](MemoryImpressionLog, singleton=True),
    Binding[Impressions](MemoryImpressions),
    Binding[ImpressionReads](MemoryImpressionReads),
)
