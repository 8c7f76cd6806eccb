"""What happens to runs of a cohort."""

from dataclasses import dataclass

from skillbridge.domain.events.event import Event
from skillbridge.domain.ids import CohortId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortRunEvent(Event):
    """`operator_id` ordered the run; None for one that was ordered at the command line."""

    cohort_id: CohortId
    operator_id: UserId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortRunOrdered(CohortRunEvent): ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortRunProposed(CohortRunEvent):
    learners: int
    placed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortRunConfirmed(CohortRunEvent): ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortRunApplied(CohortRunEvent):
    applied: int
    skipped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortRunDiscarded(CohortRunEvent): ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortRunFailed(CohortRunEvent):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortRunExpired(CohortRunEvent): ...
