"""What cohorts need from outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from skillbridge.application.cohorts.views import CohortView, PlacementView
from skillbridge.application.paging import Key, Page, PageRequest
from skillbridge.application.ranking.ports.ranker import Source
from skillbridge.domain.actor import Actor
from skillbridge.domain.cohorts.assignment import USUALLY, AssignMode, AssignOptions
from skillbridge.domain.cohorts.cohort import CohortRun
from skillbridge.domain.cohorts.fairness import Fairness
from skillbridge.domain.cohorts.order import CohortOrder
from skillbridge.domain.cohorts.placement import CohortPlacement, PlacementState
from skillbridge.domain.ids import CohortId, TenantId, UserId
from skillbridge.domain.ranking.need import Need
from skillbridge.domain.ranking.score import Score


class CohortRuns(Protocol):
    """Used inside of a transaction, by administrators of the tenant and by the system."""

    async def add(self, run: CohortRun) -> None: ...

    async def at_work_on(self, order: CohortOrder) -> CohortRun | None:
        """The newest run of an equal order that is queued or running; None without one.

        Until the transaction ends nobody else of the tenant is told, so that the same order sent
        twice at once cannot be kept twice.
        """
        ...

    async def get(self, cohort_id: CohortId) -> CohortRun:
        """Held until the transaction ends. Raises UnknownCohort."""
        ...

    async def overdue(self, at: datetime, *, limit: int) -> Sequence[CohortRun]:
        """Open runs whose time to be confirmed is over, held; skips what is held."""
        ...

    async def save(self, run: CohortRun) -> None:
        """Raises StaleWrite when someone else saved since."""


class Placements(Protocol):
    """What a run found for each learner. Used inside of a transaction, by the system."""

    async def add(self, placements: Sequence[CohortPlacement]) -> None:
        """At most some thousands at a time."""

    async def waiting(self, cohort_id: CohortId, *, limit: int) -> Sequence[UserId]:
        """Learners whose placements are still only proposed, in the order of their ids."""
        ...

    async def get(self, cohort_id: CohortId, learner_id: UserId) -> CohortPlacement:
        """Held until the transaction ends. Raises UnknownCohort."""
        ...

    async def save(self, placement: CohortPlacement) -> None: ...

    async def counts(self, cohort_id: CohortId) -> Mapping[PlacementState, int]:
        """How many of the run's placements are in each state; states without one are left out."""
        ...


class CohortReads(Protocol):
    """For administrators of the tenant, and for the system; others find nothing."""

    async def one(self, actor: Actor, cohort_id: CohortId) -> CohortView:
        """Raises UnknownCohort."""
        ...

    async def several(self, actor: Actor, page: PageRequest[Key]) -> Page[CohortView, Key]:
        """Newest order first, by (ordered_at, id)."""
        ...

    async def placements(
        self,
        actor: Actor,
        cohort_id: CohortId,
        page: PageRequest[UserId],
        *,
        state: PlacementState | None,
    ) -> Page[PlacementView, UserId]:
        """By falling id of the learner."""
        ...


@dataclass(frozen=True, slots=True)
class Placement:
    """A learner and the mentor found for them."""

    learner_id: UserId
    mentor: Score


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A cohort shared among mentors."""

    placements: tuple[Placement, ...]
    without_candidates: tuple[UserId, ...]
    """Learners whom no mentor suits."""
    without_place: tuple[UserId, ...]
    """Learners whom mentors suit, but not enough places."""
    objective: int
    """Sum of the scores."""
    bound: int
    """No other way within `scope` has a higher sum."""
    gap_ppm: int
    """What is missing to the bound, in parts per million of it."""
    optimal: bool
    """Proven: the objective is the bound."""
    scope: str
    """`pool`: over all pairs; `lists`: over the learners' lists of best mentors."""
    answered_by: AssignMode
    """How it was shared, which may be simpler than asked."""
    hurried: bool = False
    """The deadline was near: the answer is greedy."""
    rounds: int = 1
    blocking_pairs: int = 0
    """Learners and mentors on their lists who would both rather have each other."""
    fairness: Fairness
    """None from a matcher that does not tell."""
    version: int
    """Of the pool of mentors."""
    degraded: bool
    source: Source


class Assigner(Protocol):
    """Shares a cohort by the rules of `domain.ranking.score`; always answers.

    Raises Invalid for a question out of bounds, before anyone is asked.
    """

    async def assign(
        self, tenant_id: TenantId, needs: Sequence[Need], options: AssignOptions = USUALLY
    ) -> Assignment:
        """Shares at most 100 000 learners, each named once, among mentors within their free places."""
        ...
