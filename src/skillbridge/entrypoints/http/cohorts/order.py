"""What an operator orders: how to match, and whom."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any

import msgspec

from skillbridge.domain.cohorts.assignment import AssignMode, AssignOptions
from skillbridge.domain.cohorts.order import CohortOrder
from skillbridge.domain.errors import Faults
from skillbridge.domain.ids import UserId
from skillbridge.domain.ranking.score import USUAL, Weights

NAMED = 20_000
"""Learners that one body can name within its mebibyte; the command line takes 100 000."""


def _within(least: int, most: int, usual: int, words: str | None = None) -> Any:
    return msgspec.Meta(ge=least, le=most, examples=[usual], description=words)


def _share(usual: int) -> Any:
    return _within(0, 10_000, usual)


class NewWeights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Basis points per part of the score, 10 000 together."""

    skill: Annotated[int, _share(USUAL.skill)]
    availability: Annotated[int, _share(USUAL.availability)]
    language: Annotated[int, _share(USUAL.language)]
    location: Annotated[int, _share(USUAL.location)]
    rating: Annotated[int, _share(USUAL.rating)]
    free: Annotated[int, _share(USUAL.free)]
    experience: Annotated[int, _share(USUAL.experience)]


Learners = Annotated[
    list[UserId],
    msgspec.Meta(
        min_length=1,
        max_length=NAMED,
        description="Left out: all who have something to learn and no mentor.",
    ),
]
Mode = Annotated[
    AssignMode,
    msgspec.Meta(
        description="`optimal` and `fast`: the highest sum of scores, over the whole pool or over "
        "short lists; `greedy`: best pair first; `stable`: no learner and mentor would rather have "
        "each other.",
        examples=["optimal"],
    ),
]
Length = Annotated[int, _within(1, 100, 32, "Mentors on each learner's list.")]
Gap = Annotated[
    int,
    _within(0, 1_000_000, 100, "How far from proven best is good enough, in parts per million."),
]
Deadline = Annotated[
    int,
    _within(1, 120_000, 30_000, "Milliseconds, after which the answer is made best pair first."),
]


class NewCohortRun(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to match, and whom; everything but the mode may be left out."""

    mode: Mode
    learners: Learners | msgspec.UnsetType = msgspec.UNSET
    k: Length | msgspec.UnsetType = msgspec.UNSET
    gap_ppm: Gap | msgspec.UnsetType = msgspec.UNSET
    weights: NewWeights | msgspec.UnsetType = msgspec.UNSET
    deadline_ms: Deadline | msgspec.UnsetType = msgspec.UNSET

    def meant(self) -> CohortOrder:
        faults = Faults()
        with faults.noted():
            weights = Weights(**msgspec.structs.asdict(self.weights)) if self.weights else None
        with faults.noted():
            order = CohortOrder(learner_ids=tuple(self.learners) if self.learners else None)
        faults.refuse()
        options = AssignOptions(
            mode=self.mode,
            k=self.k or None,
            gap_ppm=None if self.gap_ppm is msgspec.UNSET else self.gap_ppm,
            weights=weights,
            deadline=timedelta(milliseconds=self.deadline_ms) if self.deadline_ms else None,
        )
        return replace(order, options=options)
