"""What happens between a learner and a mentor."""

from skillbridge.domain.events.event import Event, event
from skillbridge.domain.ids import MatchId, UserId


@event
class MatchEvent(Event):
    match_id: MatchId
    learner_id: UserId
    mentor_id: UserId


@event
class MatchRequested(MatchEvent): ...


@event
class MatchAccepted(MatchEvent): ...


@event
class MatchDeclined(MatchEvent): ...


@event
class MatchWithdrawn(MatchEvent): ...


@event
class MatchExpired(MatchEvent): ...


@event
class MatchEnded(MatchEvent):
    """An active mentorship was completed or cancelled."""

    by: UserId
    completed: bool

    @property
    def outcome(self) -> str:
        """For people to read."""
        return "completed" if self.completed else "cancelled"


@event
class LearnerPlaced(MatchEvent):
    """An operator's cohort run asked a mentor on the learner's behalf."""
