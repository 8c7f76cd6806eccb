"""What happens between a learner and a mentor."""

from dataclasses import dataclass

from skillbridge.domain.events.event import Event
from skillbridge.domain.ids import MatchId, UserId


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

    @property
    def outcome(self) -> str:
        """For people to read."""
        return "completed" if self.completed else "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerPlaced(MatchEvent):
    """An operator's cohort run asked a mentor on the learner's behalf."""
