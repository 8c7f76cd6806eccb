"""A cohort run: many learners are shared among mentors at once, looked at, then applied.

queued ── start ──▶ running ── propose ──▶ proposed ── confirm ──▶ confirmed ── finish ──▶ applied
   ├───────────────────┴── fail ──▶ failed    │
   └───── discard, expire: from all three ────┴──▶ discarded, expired

Nothing reaches a learner or a mentor before an operator confirms. A confirmed run asks each
mentor on the learner's behalf: the mentor still accepts or declines, the learner may withdraw,
because nobody is put into a mentorship that they have not agreed to. A verb that comes again
where it has led already changes nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypedDict

from skillbridge.domain.actor import Actor
from skillbridge.domain.cohorts.operator import must_operate, operator
from skillbridge.domain.cohorts.order import CohortOrder, Outcome
from skillbridge.domain.errors import ChangedSinceSeen, NotFound
from skillbridge.domain.events.cohorts import (
    CohortRunApplied,
    CohortRunConfirmed,
    CohortRunDiscarded,
    CohortRunExpired,
    CohortRunFailed,
    CohortRunOrdered,
    CohortRunProposed,
)
from skillbridge.domain.events.event import Event
from skillbridge.domain.ids import CohortId, UserId
from skillbridge.domain.lifecycle import IllegalMove, Lifecycle

CONFIRM_WITHIN = timedelta(days=7)
"""Hours and offsets of a need hold for a week; an older proposal tells of people as they were."""


class CohortStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    APPLIED = "applied"
    DISCARDED = "discarded"
    FAILED = "failed"
    EXPIRED = "expired"


_OPEN = {CohortStatus.QUEUED, CohortStatus.RUNNING, CohortStatus.PROPOSED}
AT_WORK = {CohortStatus.QUEUED, CohortStatus.RUNNING, CohortStatus.CONFIRMED}
"""A worker has, or will have, something to do for it."""

LIFE = Lifecycle(
    CohortStatus,
    {
        "start": ({CohortStatus.QUEUED}, CohortStatus.RUNNING),
        "propose": ({CohortStatus.RUNNING}, CohortStatus.PROPOSED),
        "confirm": ({CohortStatus.PROPOSED}, CohortStatus.CONFIRMED),
        "finish": ({CohortStatus.CONFIRMED}, CohortStatus.APPLIED),
        "fail": ({CohortStatus.QUEUED, CohortStatus.RUNNING}, CohortStatus.FAILED),
        "discard": (_OPEN, CohortStatus.DISCARDED),
        "expire": (_OPEN, CohortStatus.EXPIRED),
    },
)


VERBS = ("confirm", "discard")
"""What an operator may do."""


class UnknownCohort(NotFound):
    """No such cohort run, or not yours to see."""

    def __init__(self) -> None:
        super().__init__("there is no such cohort run; GET /v1/cohorts lists them")


class ProposalOverdue(IllegalMove):
    """The proposal tells of people as they were more than a week ago."""

    def __init__(self) -> None:
        super().__init__("this proposal is over a week old: discard it and order another run")


class _Told(TypedDict):
    cohort_id: CohortId
    operator_id: UserId | None
    at: datetime


@dataclass(slots=True, kw_only=True)
class CohortRun:
    """`ordered_by` and `confirmed_by` are None for an operator at the command line."""

    id: CohortId
    order: CohortOrder
    ordered_by: UserId | None
    ordered_at: datetime
    expires_at: datetime
    """Until then it may be confirmed."""
    status: CohortStatus = CohortStatus.QUEUED
    outcome: Outcome | None = None
    reason: str | None = None
    """Why it failed."""
    proposed_at: datetime | None = None
    confirmed_by: UserId | None = None
    confirmed_at: datetime | None = None
    ended_at: datetime | None = None
    applied: int = 0
    skipped: int = 0
    version: int = 1

    @classmethod
    def requested(
        cls, cohort_id: CohortId, order: CohortOrder, *, by: UserId | None, at: datetime
    ) -> tuple["CohortRun", tuple[Event, ...]]:
        """An operator orders a run."""
        run = cls(
            id=cohort_id,
            order=order,
            ordered_by=by,
            ordered_at=at,
            expires_at=at + CONFIRM_WITHIN,
        )
        return run, (CohortRunOrdered(**run._told(at)),)

    def awaits(self, order: CohortOrder) -> bool:
        """Whether this very order is being worked at."""
        return self.status in {CohortStatus.QUEUED, CohortStatus.RUNNING} and self.order == order

    def start(self) -> None:
        """A worker takes it up, or takes it over from one that died."""
        if self.status is not CohortStatus.RUNNING:
            self.status = LIFE.after("start", self.status)

    def propose(self, outcome: Outcome, *, at: datetime) -> tuple[Event, ...]:
        """The placements are there to be looked at, for a week."""
        self.status = LIFE.after("propose", self.status)
        self.outcome, self.proposed_at = outcome, at
        self.expires_at = at + CONFIRM_WITHIN
        return (
            CohortRunProposed(**self._told(at), learners=outcome.learners, placed=outcome.placed),
        )

    def fail(self, reason: str, *, at: datetime) -> tuple[Event, ...]:
        """It cannot be done, and trying again would not help."""
        self._end("fail", at)
        self.reason = reason
        return (CohortRunFailed(**self._told(at), reason=reason),)

    def confirm(self, actor: Actor, *, at: datetime) -> tuple[Event, ...]:
        """An operator lets the placements be applied.

        Raises NotAnOperator, ProposalOverdue after a week, or IllegalMove.
        """
        must_operate(actor)
        if self.status in {CohortStatus.CONFIRMED, CohortStatus.APPLIED}:
            return ()
        status = LIFE.after("confirm", self.status, among=VERBS)
        if at >= self.expires_at:
            raise ProposalOverdue
        self.status, self.confirmed_at, self.confirmed_by = status, at, operator(actor)
        return (CohortRunConfirmed(**self._told(at)),)

    def finish(self, *, applied: int, skipped: int, at: datetime) -> tuple[Event, ...]:
        """Every placement has been applied or skipped."""
        self._end("finish", at)
        self.applied, self.skipped = applied, skipped
        return (CohortRunApplied(**self._told(at), applied=applied, skipped=skipped),)

    def discard(self, actor: Actor, *, at: datetime) -> tuple[Event, ...]:
        """An operator does not want it, also while it is being worked at."""
        must_operate(actor)
        if self.status is CohortStatus.DISCARDED:
            return ()
        self._end("discard", at)
        return (CohortRunDiscarded(**self._told(at)),)

    def expire(self, *, at: datetime) -> tuple[Event, ...]:
        """Nobody confirmed it in time."""
        self._end("expire", at)
        return (CohortRunExpired(**self._told(at)),)

    def must_be(self, versions: Collection[int] | None) -> None:
        """Raises ChangedSinceSeen unless this is a version that somebody saw; None will do."""
        if versions is not None and self.version not in versions:
            raise ChangedSinceSeen("this cohort run changed meanwhile: read it again")

    def _end(self, verb: str, at: datetime) -> None:
        self.status, self.ended_at = LIFE.after(verb, self.status, among=VERBS), at

    def _told(self, at: datetime) -> _Told:
        return _Told(cohort_id=self.id, operator_id=self.ordered_by, at=at)
