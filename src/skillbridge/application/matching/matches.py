"""Asking a mentor, and what becomes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from uuid import uuid4

from skillbridge.application.matching.ports import Matches
from skillbridge.application.matching.views import MatchSummary
from skillbridge.application.mentors.ports import Mentors
from skillbridge.application.ports.clock import Clock
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.event import Event
from skillbridge.domain.events.privacy import ErasureBegun
from skillbridge.domain.ids import MatchId, UserId
from skillbridge.domain.matching.match import AlreadyAsked, Match
from skillbridge.domain.mentors.mentor import NotAMentor, UnknownMentor

EXPIRE_EVERY = timedelta(minutes=5)
EXPIRE_AT_ONCE = 500
"""Requests that one job ends: the next slot takes the rest."""


@dataclass(frozen=True, slots=True)
class RequestMatch:
    """A learner asks a mentor who has a free place: once each, and five at most in all."""

    transaction: Transaction
    mentors: Mentors
    matches: Matches

    async def __call__(self, actor: Actor, mentor_id: UserId, message: str = "") -> MatchSummary:
        learner_id, match_id = actor.user_id, MatchId(uuid4())
        async with self.transaction(actor) as tx:
            waiting = await self.matches.waiting_of(learner_id)
            if asked := await self.matches.open_between(learner_id, mentor_id):
                raise AlreadyAsked(asked)
            mentor = await self.mentors.look_up(mentor_id)
            if mentor is None:
                raise UnknownMentor
            match, events = Match.request(
                match_id, learner_id, mentor, message, waiting=waiting, at=await tx.now()
            )
            await self.matches.add(match)
            tx.emit(*events)
        return MatchSummary.of(match)


@dataclass(frozen=True, slots=True)
class AcceptMatch:
    """A mentor takes a learner on, while there is a free place and the request is not overdue."""

    transaction: Transaction
    mentors: Mentors
    matches: Matches

    async def __call__(self, actor: Actor, match_id: MatchId) -> MatchSummary:
        async with self.transaction(actor) as tx:
            match = await self.matches.get(match_id)
            mentor = await self.mentors.find(actor.user_id)
            if mentor is None:
                raise NotAMentor("only the mentor of a match can accept it")
            if events := match.accept(mentor, at=await tx.now()):
                await self.matches.save(match)
                tx.emit(*events)
        return MatchSummary.of(match)


@dataclass(frozen=True, slots=True)
class _Move:
    """One of the two moves their match, by a verb of it."""

    verb: ClassVar[Callable[..., tuple[Event, ...]]]
    transaction: Transaction
    matches: Matches
    clock: Clock

    async def __call__(self, actor: Actor, match_id: MatchId) -> MatchSummary:
        async with self.transaction(actor) as tx:
            match = await self.matches.get(match_id)
            if events := type(self).verb(match, by=actor.user_id, at=self.clock()):
                await self.matches.save(match)
                tx.emit(*events)
        return MatchSummary.of(match)


class DeclineMatch(_Move):
    """A mentor says no to a request."""

    verb = Match.decline


class WithdrawMatch(_Move):
    """A learner takes a request back that nobody answered yet."""

    verb = Match.withdraw


class CompleteMatch(_Move):
    """Either side says that the mentorship did what it was for; the place is free again."""

    verb = Match.complete


class CancelMatch(_Move):
    """Either side breaks the mentorship off; the place is free again."""

    verb = Match.cancel


@dataclass(frozen=True, slots=True)
class EndMatches:
    """Who is erased leaves every match that is open, and the other side is told; run twice, it ends them once."""

    transaction: Transaction
    matches: Matches

    async def __call__(self, actor: Actor, event: ErasureBegun) -> None:
        async with self.transaction(actor) as tx:
            now = await tx.now()
            for match in await self.matches.open_of(event.user_id):
                tx.emit(*match.leave(by=event.user_id, at=now))
                await self.matches.save(match)


@dataclass(frozen=True, slots=True)
class ExpireMatches:
    """By the clock: ends the requests that nobody answered in time; run twice, it ends them once."""

    transaction: Transaction
    matches: Matches

    async def __call__(self, actor: Actor, slot: str) -> None:  # noqa: ARG002  overdue is overdue in any slot
        async with self.transaction(actor) as tx:
            now = await tx.now()
            for match in await self.matches.overdue(now, limit=EXPIRE_AT_ONCE):
                tx.emit(*match.expire(at=now))
                await self.matches.save(match)
