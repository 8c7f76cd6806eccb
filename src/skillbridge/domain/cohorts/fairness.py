"""How evenly a cohort was served, in whole numbers.

    minimum, mean     of the assigned learners' scores; the mean rounded down
    fifth percentile  by nearest rank (Hyndman and Fan 1996, type 1): the ceil(n / 20)-th lowest
    gini              sum of (2 i - n - 1) x_i / (n x sum of x_i), x rising, i from 1 (Gini 1912)

The Gini of scores is over all learners, with 0 for the unassigned; that of loads over the mentors
on any learner's list, a load being the share of the free places that this cohort fills. Both in
basis points, rounded down, and 0 where everybody has nothing. The matcher computes the same.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from skillbridge.domain.ids import UserId
from skillbridge.domain.ranking.countries import WHOLE
from skillbridge.domain.ranking.need import Need


@dataclass(frozen=True, slots=True)
class Group:
    """Learners of one country, or with one preferred language; the key is empty where untold."""

    key: str
    learners: int
    unassigned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fairness:
    """Scores and shares in basis points."""

    learners: int
    unassigned: int
    without_candidates: int
    """Of the unassigned, those whom no mentor suits."""
    minimum: int
    fifth_percentile: int
    mean: int
    gini_score: int
    gini_load: int
    by_country: tuple[Group, ...]
    by_language: tuple[Group, ...]


def fairness(
    needs: Sequence[Need],
    totals: Mapping[UserId, int],
    loads: Iterable[int],
    *,
    without_candidates: int,
) -> Fairness:
    """`totals` are the scores of the assigned, `loads` those of the mentors on any list."""
    scores = sorted(totals.values())
    unassigned = len(needs) - len(scores)
    return Fairness(
        learners=len(needs),
        unassigned=unassigned,
        without_candidates=without_candidates,
        minimum=scores[0] if scores else 0,
        fifth_percentile=scores[-(-len(scores) // 20) - 1] if scores else 0,
        mean=sum(scores) // len(scores) if scores else 0,
        gini_score=gini([0] * unassigned + scores),
        gini_load=gini(sorted(loads)),
        by_country=_groups((need.country or "", need.learner_id in totals) for need in needs),
        by_language=_groups(
            (next(iter(need.languages), ""), need.learner_id in totals) for need in needs
        ),
    )


def gini(rising: Sequence[int]) -> int:
    """Of values in rising order: 0 when all are equal, towards 10 000 when one has everything."""
    number, everything = len(rising), sum(rising)
    if everything == 0:
        return 0
    apart = sum((2 * rank - number - 1) * value for rank, value in enumerate(rising, 1))
    return WHOLE * apart // (number * everything)


def load(assigned: int, places: int) -> int:
    """The share of a mentor's free places that a cohort fills."""
    return assigned * WHOLE // max(1, places)


def _groups(learners: Iterable[tuple[str, bool]]) -> tuple[Group, ...]:
    here: Counter[str] = Counter()
    out: Counter[str] = Counter()
    for key, assigned in learners:
        here[key] += 1
        out[key] += not assigned
    return tuple(Group(key, here[key], out[key]) for key in sorted(here, key=str.encode))
