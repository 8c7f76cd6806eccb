"""What the reads of cohorts show."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from skillbridge.application.matching.views import Someone
from skillbridge.domain.cohorts.assignment import AssignMode
from skillbridge.domain.cohorts.cohort import CohortRun, CohortStatus
from skillbridge.domain.cohorts.order import Outcome
from skillbridge.domain.cohorts.placement import Because, PlacementState
from skillbridge.domain.ids import CohortId, MatchId, UserId

MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortView:
    """A cohort run: what was ordered, what was found, and what became of it."""

    id: CohortId
    status: CohortStatus
    mode: AssignMode
    k: int | None
    gap_ppm: int | None
    weights: Mapping[str, int] | None
    deadline_ms: int | None
    named: int | None
    """How many learners the order names; None when it means all who look for a mentor."""
    ordered_by: UserId | None
    ordered_at: datetime
    proposed_at: datetime | None
    confirmed_by: UserId | None
    confirmed_at: datetime | None
    ended_at: datetime | None
    expires_at: datetime
    outcome: Outcome | None
    applied: int
    skipped: int
    reason: str | None
    version: int

    @classmethod
    def of(cls, run: CohortRun) -> "CohortView":
        options, named = run.order.options, run.order.learner_ids
        return cls(
            id=run.id,
            status=run.status,
            mode=options.mode,
            k=options.k,
            gap_ppm=options.gap_ppm,
            weights=asdict(options.weights) if options.weights else None,
            deadline_ms=options.deadline // MILLISECOND if options.deadline else None,
            named=None if named is None else len(named),
            ordered_by=run.ordered_by,
            ordered_at=run.ordered_at,
            proposed_at=run.proposed_at,
            confirmed_by=run.confirmed_by,
            confirmed_at=run.confirmed_at,
            ended_at=run.ended_at,
            expires_at=run.expires_at,
            outcome=run.outcome,
            applied=run.applied,
            skipped=run.skipped,
            reason=run.reason,
            version=run.version,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortProgress:
    """How far a run is with what it is doing: matching, or, once confirmed, applying."""

    cohort_id: CohortId
    status: CohortStatus
    stage: str
    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementView:
    """What a run found for one learner: the `terms` sum to the `total`, of at most 10 000."""

    learner: Someone
    mentor: Someone | None
    total: int
    terms: Mapping[str, int]
    reasons: tuple[str, ...]
    """In words, as the learner would read them."""
    state: PlacementState
    because: Because | None
    """Why there is no mentor, or no request to them."""
    match_id: MatchId | None
