"""What a cohort run found for one learner, with the reasons, and what became of it.

proposed ── apply ──▶ applied        the mentor was asked
    └────── skip ───▶ skipped        not possible any more: `because` says why
unplaced: no mentor was found
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from skillbridge.domain.events.event import Event
from skillbridge.domain.events.matching import LearnerPlaced
from skillbridge.domain.ids import CohortId, MatchId, UserId
from skillbridge.domain.lifecycle import Lifecycle
from skillbridge.domain.matching.match import Match
from skillbridge.domain.matching.pair_status import PairStatus
from skillbridge.domain.mentors.mentor import Mentor

MESSAGE = "The people who run this programme suggest the two of you to each other."
"""Stands where a learner would have written their own words."""


class PlacementState(StrEnum):
    PROPOSED = "proposed"
    APPLIED = "applied"
    SKIPPED = "skipped"
    UNPLACED = "unplaced"


LIFE = Lifecycle(
    PlacementState,
    {
        "apply": ({PlacementState.PROPOSED}, PlacementState.APPLIED),
        "skip": ({PlacementState.PROPOSED}, PlacementState.SKIPPED),
    },
)


class Because(StrEnum):
    """Why a learner got no mentor by this run; the first two before, the others after it."""

    WITHOUT_CANDIDATES = "without_candidates"
    WITHOUT_PLACE = "without_place"
    LEARNER_GONE = "learner_gone"
    ALREADY_MATCHED = "already_matched"
    DECLINED = "declined"
    MENTOR_GONE = "mentor_gone"
    MENTOR_PAUSED = "mentor_paused"
    MENTOR_FULL = "mentor_full"


WORDS: Mapping[Because, str] = {
    Because.WITHOUT_CANDIDATES: "No mentor with a free place has a wanted skill, a common language "
    "and a common hour.",
    Because.WITHOUT_PLACE: "Mentors suit, but their places went to others.",
    Because.LEARNER_GONE: "The learner has left.",
    Because.ALREADY_MATCHED: "The learner has found a mentor or asked one meanwhile.",
    Because.DECLINED: "The mentor has declined this learner.",
    Because.MENTOR_GONE: "The mentor offers no mentoring any more.",
    Because.MENTOR_PAUSED: "The mentor takes no requests at present.",
    Because.MENTOR_FULL: "Every free place of the mentor is taken or asked for.",
}


@dataclass(slots=True, kw_only=True)
class CohortPlacement:
    """`terms` sum to `total`, at most 10 000; `reasons` are the learner's to read."""

    cohort_id: CohortId
    learner_id: UserId
    mentor_id: UserId | None = None
    total: int = 0
    terms: Mapping[str, int] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    state: PlacementState = PlacementState.PROPOSED
    because: Because | None = None
    match_id: MatchId | None = None

    @classmethod
    def unplaced(
        cls, cohort_id: CohortId, learner_id: UserId, because: Because
    ) -> "CohortPlacement":
        """A learner for whom nobody was found, and why."""
        return cls(
            cohort_id=cohort_id,
            learner_id=learner_id,
            reasons=(WORDS[because],),
            state=PlacementState.UNPLACED,
            because=because,
        )

    def ask(
        self, match_id: MatchId, mentor: Mentor | None, pair_status: PairStatus, *, at: datetime
    ) -> tuple[Match | None, tuple[Event, ...]]:
        """Asks the mentor on the learner's behalf, or skips what is not possible any more."""
        self.because = _obstacle(mentor, pair_status)
        if mentor is None or self.because is not None:
            self.state = LIFE.after("skip", self.state)
            return None, ()
        self.state = LIFE.after("apply", self.state)
        match, events = Match.request(
            match_id, self.learner_id, mentor, MESSAGE, waiting=pair_status.learner_open, at=at
        )
        self.match_id = match.id
        told = LearnerPlaced(
            match_id=match.id, learner_id=self.learner_id, mentor_id=mentor.user_id, at=at
        )
        return match, (*events, told)


def _obstacle(mentor: Mentor | None, pair_status: PairStatus) -> Because | None:
    if not pair_status.learner_here:
        return Because.LEARNER_GONE
    if pair_status.learner_open:
        return Because.ALREADY_MATCHED
    if pair_status.declined:
        return Because.DECLINED
    if mentor is None:
        return Because.MENTOR_GONE
    if not mentor.offer.accepting:
        return Because.MENTOR_PAUSED
    return Because.MENTOR_FULL if mentor.free <= pair_status.mentor_asked else None
