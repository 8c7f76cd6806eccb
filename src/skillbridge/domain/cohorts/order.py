"""What an operator orders, and what the matcher answered."""

from dataclasses import dataclass

from skillbridge.domain.cohorts.assignment import MOST_LEARNERS, USUALLY, AssignMode, AssignOptions
from skillbridge.domain.cohorts.fairness import Fairness
from skillbridge.domain.ids import UserId
from skillbridge.domain.ranking.candidate import require


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortOrder:
    """Whom to match, and how. Raises Invalid for a list that is empty, too long or says one twice."""

    options: AssignOptions = USUALLY
    learner_ids: tuple[UserId, ...] | None = None
    """None: every learner who has something to learn and neither a mentor nor an open request."""

    def __post_init__(self) -> None:
        if self.learner_ids is None:
            return
        number = len(self.learner_ids)
        require(number > 0, "name at least one learner, or leave the list out", "learners")
        require(number <= MOST_LEARNERS, "a cohort has at most 100000 learners", "learners")
        once = len(set(self.learner_ids)) == number
        require(once, "name each learner of a cohort once", "learners")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the matcher answered. Scores are sums of basis points."""

    learners: int
    """Learners who were matched, or could not be."""
    left_out: int
    """Learners who were named, but need no mentor now or are not here."""
    placed: int
    without_candidates: int
    """Learners whom no mentor suits."""
    without_place: int
    """Learners whom mentors suit, but not enough places."""
    objective: int
    bound: int
    """No other way within `scope` has a higher sum."""
    gap_ppm: int
    """What is missing to the bound, in parts per million of it."""
    optimal: bool
    scope: str
    """`pool`: over all pairs; `lists`: over the learners' lists of best mentors."""
    answered_by: AssignMode
    hurried: bool
    rounds: int
    blocking_pairs: int
    """Learners and mentors who would both rather have each other."""
    fairness: Fairness
    """None from a matcher that does not tell."""
    source: str
    degraded: bool
    """The matcher was away: the fallback answered."""
    pool_version: int
