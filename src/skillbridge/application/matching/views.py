"""What the reads of matching show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from skillbridge.domain.ids import MatchId, SkillId, UserId
from skillbridge.domain.matching.match import Match, MatchStatus
from skillbridge.domain.matching.mentor import Mentor

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
class MatchStanding:
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
    def of(cls, match: Match) -> "MatchStanding":
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
