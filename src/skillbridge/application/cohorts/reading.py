"""Cohort runs and what they found, as operators see them."""

from dataclasses import dataclass

from skillbridge.application.cohorts.ports import CohortReads
from skillbridge.application.cohorts.views import CohortView, PlacementView
from skillbridge.application.paging import Key, Page, PageRequest
from skillbridge.domain.actor import Actor
from skillbridge.domain.cohorts.operator import may_look_on
from skillbridge.domain.cohorts.placement import PlacementState
from skillbridge.domain.ids import CohortId, UserId


@dataclass(frozen=True, slots=True)
class GetCohortRun:
    """A cohort run as it stands. Raises NotAnOperator or UnknownCohort."""

    reads: CohortReads

    async def __call__(self, actor: Actor, cohort_id: CohortId) -> CohortView:
        may_look_on(actor)
        return await self.reads.one(actor, cohort_id)


@dataclass(frozen=True, slots=True)
class ListCohortRuns:
    """The tenant's cohort runs, newest first. Raises NotAnOperator."""

    reads: CohortReads

    async def __call__(self, actor: Actor, page: PageRequest[Key]) -> Page[CohortView, Key]:
        may_look_on(actor)
        return await self.reads.several(actor, page)


@dataclass(frozen=True, slots=True)
class ListPlacements:
    """What a run found for each learner, and why. Raises NotAnOperator or UnknownCohort."""

    reads: CohortReads

    async def __call__(
        self,
        actor: Actor,
        cohort_id: CohortId,
        page: PageRequest[UserId],
        *,
        state: PlacementState | None = None,
    ) -> Page[PlacementView, UserId]:
        may_look_on(actor)
        await self.reads.one(actor, cohort_id)
        return await self.reads.placements(actor, cohort_id, page, state=state)
