"""Cohort runs and their placements in dictionaries."""

from collections import Counter
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.existing import existing
from skillbridge.adapters.memory.names import someone
from skillbridge.adapters.memory.store import MemorySession
from skillbridge.application.cohorts.ports import CohortReads, CohortRuns, Placements
from skillbridge.application.cohorts.views import CohortView, PlacementView
from skillbridge.application.paging import Key, Page, PageRequest, cut
from skillbridge.domain.actor import Actor
from skillbridge.domain.cohorts.cohort import CohortRun, CohortStatus, UnknownCohort
from skillbridge.domain.cohorts.order import CohortOrder
from skillbridge.domain.cohorts.placement import CohortPlacement, PlacementState
from skillbridge.domain.ids import CohortId, UserId

OPEN = {CohortStatus.QUEUED, CohortStatus.RUNNING, CohortStatus.PROPOSED}


@dataclass(frozen=True, slots=True)
class MemoryCohortRuns:
    session: MemorySession

    async def add(self, run: CohortRun) -> None:
        self.session.table("cohort_runs")[run.id] = run

    async def at_work_on(self, order: CohortOrder) -> CohortRun | None:
        alike = [run for run in self._seen() if run.awaits(order)]
        return deepcopy(max(alike, key=_key)) if alike else None

    async def get(self, cohort_id: CohortId) -> CohortRun:
        return deepcopy(_run(self.session, self.session.by, cohort_id))

    async def overdue(self, at: datetime, *, limit: int) -> Sequence[CohortRun]:
        late = [run for run in self._seen() if run.status in OPEN and run.expires_at <= at]
        return deepcopy(sorted(late, key=lambda run: run.expires_at)[:limit])

    async def save(self, run: CohortRun) -> None:
        stored = _run(self.session, self.session.by, run.id)
        stored.must_be({run.version})
        self.session.table("cohort_runs")[run.id] = run

    def _seen(self) -> Sequence[CohortRun]:
        return list(self.session.table("cohort_runs").values())


@dataclass(frozen=True, slots=True)
class MemoryPlacements:
    session: MemorySession

    async def add(self, placements: Sequence[CohortPlacement]) -> None:
        table = self.session.table("placements")
        table.update(((one.cohort_id, one.learner_id), one) for one in placements)

    async def waiting(self, cohort_id: CohortId, *, limit: int) -> Sequence[UserId]:
        rows = _placements(self.session, self.session.by, cohort_id)
        waiting = [row.learner_id for row in rows if row.state is PlacementState.PROPOSED]
        return sorted(waiting)[:limit]

    async def get(self, cohort_id: CohortId, learner_id: UserId) -> CohortPlacement:
        rows = _placements(self.session, self.session.by, cohort_id)
        found = next((row for row in rows if row.learner_id == learner_id), None)
        return deepcopy(existing(found, UnknownCohort))

    async def save(self, placement: CohortPlacement) -> None:
        await self.add([placement])

    async def counts(self, cohort_id: CohortId) -> Mapping[PlacementState, int]:
        return Counter(row.state for row in _placements(self.session, self.session.by, cohort_id))


@dataclass(frozen=True, slots=True)
class MemoryCohortReads:
    session: MemorySession

    async def one(self, actor: Actor, cohort_id: CohortId) -> CohortView:
        return CohortView.of(_run(self.session, actor, cohort_id))

    async def several(self, actor: Actor, page: PageRequest[Key]) -> Page[CohortView, Key]:
        runs = self.session.table("cohort_runs", of=actor).values()
        return cut(map(CohortView.of, runs), page, _key)

    async def placements(
        self,
        actor: Actor,
        cohort_id: CohortId,
        page: PageRequest[UserId],
        *,
        state: PlacementState | None,
    ) -> Page[PlacementView, UserId]:
        rows = _placements(self.session, actor, cohort_id)
        views = (self._view(actor, row) for row in rows if state in {None, row.state})
        return cut(views, page, lambda view: view.learner.id)

    def _view(self, actor: Actor, row: CohortPlacement) -> PlacementView:
        return PlacementView(
            learner=someone(self.session, actor, row.learner_id),
            mentor=someone(self.session, actor, row.mentor_id) if row.mentor_id else None,
            total=row.total,
            terms=dict(row.terms),
            reasons=row.reasons,
            state=row.state,
            because=row.because,
            match_id=row.match_id,
        )


def _key(run: CohortRun | CohortView) -> Key:
    return Key(run.ordered_at, run.id)


def _run(session: MemorySession, actor: Actor, cohort_id: CohortId) -> CohortRun:
    run: CohortRun | None = session.table("cohort_runs", of=actor).get(cohort_id)
    return existing(run, UnknownCohort)


def _placements(
    session: MemorySession, actor: Actor, cohort_id: CohortId
) -> Sequence[CohortPlacement]:
    rows: Mapping[object, CohortPlacement] = session.table("placements", of=actor)
    return [row for row in rows.values() if row.cohort_id == cohort_id]


BINDINGS: Bindings = (
    Binding[CohortRuns](MemoryCohortRuns),
    Binding[Placements](MemoryPlacements),
    Binding[CohortReads](MemoryCohortReads),
)
