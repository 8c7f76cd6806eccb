"""What the reads of matching show."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from skillbridge.domain.cohorts.assignment import AssignMode
from skillbridge.domain.cohorts.cohort import CohortRun, CohortStatus
from skillbridge.domain.cohorts.order import Outcome
from skillbridge.domain.cohorts.placement import Because, PlacementState
from skillbridge.domain.ids import CohortId, MatchId, SkillId, UserId
from skillbridge.domain.matching.match import Match, MatchStatus
from skillbridge.domain.mentors.mentor import Mentor

MILLISECOND = timedelta(milliseconds=1)
FORMER = "Former member"
"""The name of someone who has left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MentorCard:
    """A mentor as others see them; `free` is the number of places that nobody has taken."""

    id: UserId
    name: str
    headline: str
    bio: str
    country: str | None
    time_zone: str
    languages: tuple[str, ...]
    skills: Mapping[SkillId, int]
    experience_years: int
    rating: float | None
    ratings: int
    free: int
    accepting: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class Suggested:
    """A mentor with their score of at most 10 000; the `terms` sum to the `total`."""

    mentor: MentorCard
    total: int
    terms: Mapping[str, int]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestions:
    """Best first, by score or as a model says. `skills` is what was looked for."""

    items: tuple[Suggested, ...]
    skills: tuple[SkillId, ...]
    degraded: bool
    """The matcher was away: the fallback answered, by the same rules."""
    source: str
    """`matcher` or `fallback`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MyOffer:
    """What a mentor offers, as they see it themselves."""

    headline: str
    capacity: int
    active_matches: int
    free: int
    experience_years: int
    accepting: bool
    rating: float | None
    ratings: int

    @classmethod
    def of(cls, mentor: Mentor) -> "MyOffer":
        return cls(
            headline=mentor.offer.headline,
            capacity=mentor.offer.capacity,
            active_matches=mentor.active_matches,
            free=mentor.free,
            experience_years=mentor.offer.experience_years,
            accepting=mentor.offer.accepting,
            rating=mentor.rating,
            ratings=mentor.rating_count,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Someone:
    id: UserId
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchView:
    """A match with the names of both sides."""

    id: MatchId
    status: MatchStatus
    learner: Someone
    mentor: Someone
    message: str
    requested_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchSummary:
    """Where a match stands after somebody moved it."""

    id: MatchId
    status: MatchStatus
    learner_id: UserId
    mentor_id: UserId
    requested_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def of(cls, match: Match) -> "MatchSummary":
        return cls(
            id=match.id,
            status=match.status,
            learner_id=match.learner_id,
            mentor_id=match.mentor_id,
            requested_at=match.requested_at,
            expires_at=match.expires_at,
            answered_at=match.answered_at,
            ended_at=match.ended_at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortView:
    """A cohort run: what was ordered, what was found, and what became of it."""

    id: CohortId
    status: CohortStatus
    mode: AssignMode
    k: int | None
    gap_ppm: int | None
    weights: Mapping[str, int] | None
    deadline_ms: int | None
    named: int | None
    """How many learners the order names; None when it means all who look for a mentor."""
    ordered_by: UserId | None
    ordered_at: datetime
    proposed_at: datetime | None
    confirmed_by: UserId | None
    confirmed_at: datetime | None
    ended_at: datetime | None
    expires_at: datetime
    outcome: Outcome | None
    applied: int
    skipped: int
    reason: str | None
    version: int

    @classmethod
    def of(cls, run: CohortRun) -> "CohortView":
        options, named = run.order.options, run.order.learner_ids
        return cls(
            id=run.id,
            status=run.status,
            mode=options.mode,
            k=options.k,
            gap_ppm=options.gap_ppm,
            weights=asdict(options.weights) if options.weights else None,
            deadline_ms=options.deadline // MILLISECOND if options.deadline else None,
            named=None if named is None else len(named),
            ordered_by=run.ordered_by,
            ordered_at=run.ordered_at,
            proposed_at=run.proposed_at,
            confirmed_by=run.confirmed_by,
            confirmed_at=run.confirmed_at,
            ended_at=run.ended_at,
            expires_at=run.expires_at,
            outcome=run.outcome,
            applied=run.applied,
            skipped=run.skipped,
            reason=run.reason,
            version=run.version,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortProgress:
    """How far a run is with what it is doing: matching, or, once confirmed, applying."""

    cohort_id: CohortId
    status: CohortStatus
    stage: str
    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementView:
    """What a run found for one learner: the `terms` sum to the `total`, of at most 10 000."""

    learner: Someone
    mentor: Someone | None
    total: int
    terms: Mapping[str, int]
    reasons: tuple[str, ...]
    """In words, as the learner would read them."""
    state: PlacementState
    because: Because | None
    """Why there is no mentor, or no request to them."""
    match_id: MatchId | None
