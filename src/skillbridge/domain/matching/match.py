"""A match: a learner asks a mentor, and what becomes of it.

requested ── accept ──▶ active ── complete ──▶ completed
    │                     └────── cancel ────▶ cancelled
    ├── decline ──▶ declined
    ├── withdraw ─▶ withdrawn
    └── expire ───▶ expired

A person's verb that comes again where it has led already, as after a lost answer, changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypedDict

from skillbridge.domain.errors import AlreadyThere, Conflict, Faults, Forbidden, Invalid, NotFound
from skillbridge.domain.events.event import Event
from skillbridge.domain.events.matching import (
    MatchAccepted,
    MatchDeclined,
    MatchEnded,
    MatchExpired,
    MatchRequested,
    MatchWithdrawn,
)
from skillbridge.domain.ids import MatchId, UserId
from skillbridge.domain.lifecycle import Lifecycle
from skillbridge.domain.mentors.mentor import Mentor
from skillbridge.domain.text import Text, UnfitText

ANSWER_WITHIN = timedelta(hours=72)
"""A request that nobody answers must not keep a learner waiting for longer."""
OPEN_REQUESTS = 5
"""The most unanswered requests of one learner: asking everybody is no choice."""


class MatchStatus(StrEnum):
    REQUESTED = "requested"
    ACTIVE = "active"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


LIFE = Lifecycle(
    MatchStatus,
    {
        "accept": ({MatchStatus.REQUESTED}, MatchStatus.ACTIVE),
        "decline": ({MatchStatus.REQUESTED}, MatchStatus.DECLINED),
        "withdraw": ({MatchStatus.REQUESTED}, MatchStatus.WITHDRAWN),
        "expire": ({MatchStatus.REQUESTED}, MatchStatus.EXPIRED),
        "complete": ({MatchStatus.ACTIVE}, MatchStatus.COMPLETED),
        "cancel": ({MatchStatus.ACTIVE}, MatchStatus.CANCELLED),
    },
)

OPEN = frozenset[MatchStatus]().union(*(sources for sources, _ in LIFE.moves.values()))
"""Waits or lasts: until it is over each side sees the other's profile."""


class Side(StrEnum):
    """Which of the two someone is."""

    LEARNER = "learner"
    MENTOR = "mentor"


VERBS = {
    Side.LEARNER: ("withdraw", "complete", "cancel"),
    Side.MENTOR: ("accept", "decline", "complete", "cancel"),
}
"""What each of them may do."""


class UnknownMatch(NotFound):
    """No such match, or the actor is on neither side of it."""

    def __init__(self) -> None:
        super().__init__("there is no such match; GET /v1/matches lists yours")


class OwnMentor(Invalid):
    """Nobody can be their own mentor."""


class UnfitMessage(UnfitText):
    """The words to the mentor have 1000 letters at most."""


MESSAGE = Text(what="a message", refusal=UnfitMessage, most=1000, lines=True, markdown=True)


class TooManyOpenRequests(Conflict):
    """The learner waits for as many answers as one may wait for."""


class AlreadyAsked(AlreadyThere):
    """The learner has an open request to this mentor, or is with them already: `match_id`."""

    def __init__(self, match_id: MatchId) -> None:
        super().__init__(
            "you have asked this mentor already: see your open matches",
            place=f"/matches/{match_id}",
        )
        self.match_id = match_id

    @property
    def members(self) -> Mapping[str, str]:
        return {"match_id": str(self.match_id)}


ASKED_MEANWHILE = "you have asked this mentor meanwhile: see your open matches"


class RequestOverdue(Conflict):
    """The mentor's time to answer is over."""


class NotYetOverdue(Conflict):
    """The mentor still has time to answer."""


class _Sides(TypedDict):
    match_id: MatchId
    learner_id: UserId
    mentor_id: UserId
    at: datetime


@dataclass(slots=True, kw_only=True)
class Match:
    """`answered_at`: the mentor said yes or no. `ended_at`: nothing can follow any more."""

    id: MatchId
    learner_id: UserId
    mentor_id: UserId
    status: MatchStatus = MatchStatus.REQUESTED
    message: str = ""
    requested_at: datetime
    expires_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    version: int = 1

    @classmethod
    def request(
        cls,
        match_id: MatchId,
        learner_id: UserId,
        mentor: Mentor,
        message: str,
        *,
        waiting: int,
        at: datetime,
    ) -> tuple["Match", tuple[Event, ...]]:
        """A learner, who has `waiting` unanswered requests already, asks a mentor.

        Raises Invalid, TooManyOpenRequests, MentorPaused or MentorFull.
        """
        faults = Faults()
        faults.unless(
            learner_id != mentor.user_id,
            OwnMentor("nobody can be their own mentor; ask another one", field="mentor_id"),
        )
        with faults.noted():
            words = MESSAGE(message, "message")
        faults.refuse()
        if waiting >= OPEN_REQUESTS:
            raise TooManyOpenRequests(
                f"you wait for {waiting} answers, the most is {OPEN_REQUESTS}: "
                "withdraw a request or wait for an answer"
            )
        mentor.must_be_open()
        match = cls(
            id=match_id,
            learner_id=learner_id,
            mentor_id=mentor.user_id,
            message=words,
            requested_at=at,
            expires_at=at + ANSWER_WITHIN,
        )
        return match, (MatchRequested(**match._sides(at)),)

    def accept(self, mentor: Mentor, *, at: datetime) -> tuple[Event, ...]:
        """The mentor takes the learner on. Raises MentorFull, RequestOverdue or IllegalMove."""
        self._only(self.mentor_id, mentor.user_id, "the mentor")
        if self._stands_after("accept"):
            return ()
        status = LIFE.after("accept", self.status, among=self._verbs(self.mentor_id))
        if at >= self.expires_at:
            raise RequestOverdue(
                "the time to answer this request is over; the learner may ask again"
            )
        mentor.must_have_room()
        self.status, self.answered_at = status, at
        return (MatchAccepted(**self._sides(at)),)

    def decline(self, *, by: UserId, at: datetime) -> tuple[Event, ...]:
        """The mentor says no."""
        self._only(self.mentor_id, by, "the mentor")
        if self._stands_after("decline"):
            return ()
        self._end("decline", at, by)
        self.answered_at = at
        return (MatchDeclined(**self._sides(at)),)

    def withdraw(self, *, by: UserId, at: datetime) -> tuple[Event, ...]:
        """The learner takes the question back."""
        self._only(self.learner_id, by, "the learner")
        if self._stands_after("withdraw"):
            return ()
        self._end("withdraw", at, by)
        return (MatchWithdrawn(**self._sides(at)),)

    def expire(self, *, at: datetime) -> tuple[Event, ...]:
        """Nobody answered in time. Raises NotYetOverdue before that."""
        if at < self.expires_at:
            raise NotYetOverdue(f"the mentor has time until {self.expires_at:%Y-%m-%d %H:%M} UTC")
        self._end("expire", at)
        return (MatchExpired(**self._sides(at)),)

    def complete(self, *, by: UserId, at: datetime) -> tuple[Event, ...]:
        """Either side says that the mentorship has done what it was for."""
        return self._part("complete", by, at)

    def cancel(self, *, by: UserId, at: datetime) -> tuple[Event, ...]:
        """Either side breaks the mentorship off."""
        return self._part("cancel", by, at)

    def leave(self, *, by: UserId, at: datetime) -> tuple[Event, ...]:
        """One of the two goes for good: what waits is taken back or declined, what lasts is broken off."""
        if self.status is not MatchStatus.REQUESTED:
            return self.cancel(by=by, at=at)
        return self.withdraw(by=by, at=at) if by == self.learner_id else self.decline(by=by, at=at)

    def _part(self, verb: str, by: UserId, at: datetime) -> tuple[Event, ...]:
        if by not in {self.learner_id, self.mentor_id}:
            raise Forbidden(f"only the learner or the mentor of a match can {verb} it")
        if self._stands_after(verb):
            return ()
        self._end(verb, at, by)
        completed = self.status is MatchStatus.COMPLETED
        return (MatchEnded(**self._sides(at), by=by, completed=completed),)

    def _stands_after(self, verb: str) -> bool:
        return self.status is LIFE.moves[verb][1]

    def _end(self, verb: str, at: datetime, by: UserId | None = None) -> None:
        self.status = LIFE.after(verb, self.status, among=self._verbs(by))
        self.ended_at = at

    def _verbs(self, by: UserId | None) -> tuple[str, ...]:
        """None is the clock."""
        sides = {self.learner_id: Side.LEARNER, self.mentor_id: Side.MENTOR}
        return VERBS[sides[by]] if by in sides else ()

    def _only(self, who: UserId, by: UserId, name: str) -> None:
        if by != who:
            raise Forbidden(f"only {name} of a match can do this")

    def _sides(self, at: datetime) -> _Sides:
        return _Sides(match_id=self.id, learner_id=self.learner_id, mentor_id=self.mentor_id, at=at)
