"""How a cohort of learners is to be shared among mentors."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from skillbridge.domain.errors import Faults
from skillbridge.domain.ranking.candidate import require
from skillbridge.domain.ranking.need import Need
from skillbridge.domain.ranking.score import MOST_RANKED, USUAL, Weights

MILLION = 1_000_000
"""Gaps are told in parts per million."""
LONGEST_DEADLINE = timedelta(minutes=2)
MOST_LEARNERS = 100_000


class AssignMode(StrEnum):
    """`optimal` and `fast` are proven, over the whole pool or over short lists; others need not be.

    `greedy`: best pair first. `stable`: no learner and mentor would rather have each other.
    """

    OPTIMAL = "optimal"
    FAST = "fast"
    GREEDY = "greedy"
    STABLE = "stable"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignOptions:
    """Raises Invalid for a part out of bounds; what is None is the matcher's to choose."""

    mode: AssignMode = AssignMode.OPTIMAL
    k: int | None = None
    """Mentors on each learner's list, 1 to 100."""
    gap_ppm: int | None = None
    """How far from proven best is good enough, in parts per million of the bound."""
    weights: Weights | None = None
    """In place of the tenant's own, for this question only."""
    deadline: timedelta | None = None
    """Time to think, at most two minutes; when it is nearly up the answer is greedy."""

    def __post_init__(self) -> None:
        faults = Faults()
        with faults.noted():
            listed = self.k is None or 1 <= self.k <= MOST_RANKED
            require(listed, f"a list has 1 to {MOST_RANKED} mentors", "k")
        with faults.noted():
            gap = self.gap_ppm is None or 0 <= self.gap_ppm <= MILLION
            require(gap, f"a gap is 0 to {MILLION} parts per million", "gap_ppm")
        with faults.noted():
            least = timedelta(milliseconds=1)
            timed = self.deadline is None or least <= self.deadline <= LONGEST_DEADLINE
            require(timed, "a deadline is 1 to 120000 milliseconds", "deadline_ms")
        faults.refuse()

    def by_default(self, weights: Weights) -> "AssignOptions":
        """By these weights, those of the tenant, where the order names none."""
        return self if self.weights or weights == USUAL else replace(self, weights=weights)


USUALLY = AssignOptions()


def gap_between(objective: int, bound: int) -> int:
    """In parts per million of the bound, rounded up: 0 only for a proven optimum."""
    return -(-(bound - objective) * MILLION // bound) if bound else 0


def check_cohort(needs: Sequence[Need]) -> None:
    """Raises Invalid when a cohort is too large or names a learner twice."""
    require(len(needs) <= MOST_LEARNERS, "a cohort has at most 100000 learners", "needs")
    once = len({need.learner_id for need in needs}) == len(needs)
    require(once, "name each learner of a cohort once", "needs")
