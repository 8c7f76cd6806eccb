"""What has happened between a learner and a mentor."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PairStatus:
    """As the matches tell."""

    learner_here: bool = True
    learner_open: int = 0
    """Active matches and unanswered requests of the learner."""
    declined: bool = False
    """The mentor has said no to this learner."""
    mentor_asked: int = 0
    """Unanswered requests to the mentor: each may take a place."""
