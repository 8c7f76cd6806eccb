"""What the reads of matches show."""

from dataclasses import dataclass
from datetime import datetime

from skillbridge.domain.ids import MatchId, UserId
from skillbridge.domain.matching.match import Match, MatchStatus

FORMER = "Former member"
"""The name of someone who has left."""


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
