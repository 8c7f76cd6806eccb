"""Matches in dictionaries."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.existing import existing
from skillbridge.adapters.memory.names import someone
from skillbridge.adapters.memory.store import MemorySession
from skillbridge.application.matching.ports import Matches, MatchReads
from skillbridge.application.matching.views import MatchView
from skillbridge.application.paging import Key, Page, PageRequest, cut
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import StaleWrite
from skillbridge.domain.ids import MatchId, UserId
from skillbridge.domain.matching.match import (
    ASKED_MEANWHILE,
    OPEN,
    Match,
    MatchStatus,
    Side,
    UnknownMatch,
)
from skillbridge.domain.matching.pair_status import PairStatus


@dataclass(frozen=True, slots=True)
class MemoryMatches:
    session: MemorySession

    async def get(self, match_id: MatchId) -> Match:
        match: Match = existing(self.session.table("matches").get(match_id), UnknownMatch)
        return deepcopy(match)

    async def waiting_of(self, learner_id: UserId) -> int:
        matches = self.session.table("matches").values()
        return sum(
            match.learner_id == learner_id and match.status is MatchStatus.REQUESTED
            for match in matches
        )

    async def open_between(self, learner_id: UserId, mentor_id: UserId) -> MatchId | None:
        matches = self.session.table("matches").values()
        pair = (learner_id, mentor_id)
        found = (m.id for m in matches if (m.learner_id, m.mentor_id) == pair and m.status in OPEN)
        return next(found, None)

    async def pair_status(self, learner_id: UserId, mentor_id: UserId) -> PairStatus:
        matches: list[Match] = list(self.session.table("matches").values())
        of_learner = [match for match in matches if match.learner_id == learner_id]
        return PairStatus(
            learner_here=self._here(learner_id),
            learner_open=sum(match.status in OPEN for match in of_learner),
            declined=any(
                match.mentor_id == mentor_id and match.status is MatchStatus.DECLINED
                for match in of_learner
            ),
            mentor_asked=sum(
                match.mentor_id == mentor_id and match.status is MatchStatus.REQUESTED
                for match in matches
            ),
        )

    def _here(self, learner_id: UserId) -> bool:
        user = self.session.table("users").get(learner_id)
        return user is not None and user.disabled_at is None

    async def overdue(self, at: datetime, *, limit: int) -> Sequence[Match]:
        waiting = [
            match
            for match in self.session.table("matches").values()
            if match.status is MatchStatus.REQUESTED and match.expires_at <= at
        ]
        waiting.sort(key=lambda match: match.expires_at)
        return deepcopy(waiting[:limit])

    async def open_of(self, user_id: UserId) -> Sequence[Match]:
        matches = self.session.table("matches").values()
        return deepcopy([m for m in matches if m.status in OPEN and user_id in _sides(m, None)])

    async def add(self, match: Match) -> None:
        if await self.open_between(match.learner_id, match.mentor_id):
            raise StaleWrite(ASKED_MEANWHILE)
        self.session.table("matches")[match.id] = match

    async def save(self, match: Match) -> None:
        stale = "this match changed meanwhile; read it again"
        self.session.save("matches", match.id, match, stale)


@dataclass(frozen=True, slots=True)
class MemoryMatchReads:
    session: MemorySession

    async def mine(
        self, actor: Actor, page: PageRequest[Key], *, side: Side | None, status: MatchStatus | None
    ) -> Page[MatchView, Key]:
        views = (
            self._view(actor, match)
            for match in self.session.table("matches", of=actor).values()
            if actor.user_id in _sides(match, side) and status in {None, match.status}
        )
        return cut(views, page, lambda view: Key(view.requested_at, view.id))

    async def one(self, actor: Actor, match_id: MatchId) -> MatchView:
        match: Match | None = self.session.table("matches", of=actor).get(match_id)
        if match is None or actor.user_id not in _sides(match, None):
            raise UnknownMatch
        return self._view(actor, match)

    def _view(self, actor: Actor, match: Match) -> MatchView:
        return MatchView(
            id=match.id,
            status=match.status,
            learner=someone(self.session, actor, match.learner_id),
            mentor=someone(self.session, actor, match.mentor_id),
            message=match.message,
            requested_at=match.requested_at,
            expires_at=match.expires_at,
            answered_at=match.answered_at,
            ended_at=match.ended_at,
        )


def _sides(match: Match, side: Side | None) -> set[UserId]:
    if side is Side.LEARNER:
        return {match.learner_id}
    if side is Side.MENTOR:
        return {match.mentor_id}
    return {match.learner_id, match.mentor_id}


BINDINGS: Bindings = (
    Binding[Matches](MemoryMatches),
    Binding[MatchReads](MemoryMatchReads),
)
