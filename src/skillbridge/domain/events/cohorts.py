"""What happens to runs of a cohort."""

from skillbridge.domain.events.event import Category, Event, audited, event
from skillbridge.domain.ids import CohortId, UserId


@event
class CohortRunEvent(Event):
    """`operator_id` ordered the run; None for one that was ordered at the command line."""

    cohort_id: CohortId
    operator_id: UserId | None


@audited(Category.CONFIGURATION, subject="")
@event
class CohortRunOrdered(CohortRunEvent): ...


@event
class CohortRunProposed(CohortRunEvent):
    learners: int
    placed: int


@audited(Category.CONFIGURATION, subject="")
@event
class CohortRunConfirmed(CohortRunEvent): ...


@event
class CohortRunApplied(CohortRunEvent):
    applied: int
    skipped: int


@audited(Category.CONFIGURATION, subject="")
@event
class CohortRunDiscarded(CohortRunEvent): ...


@event
class CohortRunFailed(CohortRunEvent):
    reason: str


@event
class CohortRunExpired(CohortRunEvent): ...
