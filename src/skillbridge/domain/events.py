"""Everything that happens in SkillBridge, in the past tense.

An event is written in the transaction that caused it, is kept, and starts the reactions
of `application/reactions.py`. Its fields are plain: ids, words, numbers and times, and nothing
that erasing a person would have to find again.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from skillbridge.domain.ids import (
    BadgeId,
    CohortId,
    EventId,
    MatchId,
    ModuleId,
    RegistrationId,
    RoadmapId,
    UserId,
)


def _new_id() -> EventId:
    return EventId(uuid4())


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Two events are equal when they tell the same; `id` names this one happening."""

    at: datetime
    id: EventId = field(default_factory=_new_id, compare=False)


# accounts


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationStarted(Event):
    """Somebody wants an account; whoever reads the mails of the address decides."""

    registration_id: RegistrationId
    mailed: bool = True
    """Not when the address had its mails of the hour: a link of one of these serves as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationRepeated(Event):
    """Somebody registered an address that already has an account: its owner is told."""

    user_id: UserId
    mailed: bool = True
    """Not when the address had its mails of the hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationRequested(Event):
    """The mail did not come: whoever waits for it wants a link once more."""

    registration_id: RegistrationId


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailVerified(Event):
    """A registration was confirmed and became this account."""

    user_id: UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class MentoringBarred(Event):
    """An operator disabled an account or took the role of a mentor from it."""

    user_id: UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStolen(Event):
    """A refresh token came back after its successor was used: the whole family is revoked."""

    user_id: UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileChanged(Event):
    user_id: UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class MentorProfileChanged(Event):
    """A mentor appeared, changed what they offer, or stopped offering."""

    mentor_id: UserId


# roadmaps


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadmapRequested(Event):
    roadmap_id: RoadmapId
    learner_id: UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadmapReady(Event):
    roadmap_id: RoadmapId
    learner_id: UserId
    title: str
    author: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadmapFailed(Event):
    roadmap_id: RoadmapId
    learner_id: UserId
    reason: str


# progress


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleCompleted(Event):
    learner_id: UserId
    roadmap_id: RoadmapId
    module_id: ModuleId
    title: str
    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleReopened(Event):
    learner_id: UserId
    roadmap_id: RoadmapId
    module_id: ModuleId
    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadmapCompleted(Event):
    learner_id: UserId
    roadmap_id: RoadmapId


# matching


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchEvent(Event):
    match_id: MatchId
    learner_id: UserId
    mentor_id: UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRequested(MatchEvent): ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchAccepted(MatchEvent): ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchDeclined(MatchEvent): ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchWithdrawn(MatchEvent): ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchExpired(MatchEvent): ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchEnded(MatchEvent):
    """An active mentorship was completed or cancelled."""

    by: UserId
    completed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerPlaced(MatchEvent):
    """An operator's cohort run asked a mentor on the learner's behalf."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortRunEvent(Event):
    """`operator_id` ordered the run; None for one that was ordered at the command line."""

    cohort_id: CohortId
    operator_id: UserId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortRunOrdered(CohortRunEvent): ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortRunProposed(CohortRunEvent):
    learners: int
    placed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortRunConfirmed(CohortRunEvent): ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortRunApplied(CohortRunEvent):
    applied: int
    skipped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortRunDiscarded(CohortRunEvent): ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortRunFailed(CohortRunEvent):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortRunExpired(CohortRunEvent): ...


# gamification


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeAwarded(Event):
    user_id: UserId
    badge_id: BadgeId
    title: str


EVENTS: dict[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        RegistrationStarted,
        RegistrationRepeated,
        VerificationRequested,
        EmailVerified,
        MentoringBarred,
        SessionStolen,
        ProfileChanged,
        MentorProfileChanged,
        RoadmapRequested,
        RoadmapReady,
        RoadmapFailed,
        ModuleCompleted,
        ModuleReopened,
        RoadmapCompleted,
        MatchRequested,
        MatchAccepted,
        MatchDeclined,
        MatchWithdrawn,
        MatchExpired,
        MatchEnded,
        LearnerPlaced,
        CohortRunOrdered,
        CohortRunProposed,
        CohortRunConfirmed,
        CohortRunApplied,
        CohortRunDiscarded,
        CohortRunFailed,
        CohortRunExpired,
        BadgeAwarded,
    )
}
