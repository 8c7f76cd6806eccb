"""An operator orders a cohort run, and confirms or discards what was found."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from uuid import uuid4

from skillbridge.application.cohorts.ports import CohortRuns
from skillbridge.application.cohorts.views import CohortView
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.actor import Actor
from skillbridge.domain.cohorts.cohort import CohortRun
from skillbridge.domain.cohorts.operator import must_operate, operator
from skillbridge.domain.cohorts.order import CohortOrder
from skillbridge.domain.events.event import Event
from skillbridge.domain.ids import CohortId

EXPIRE_EVERY = timedelta(hours=1)
EXPIRE_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class OrderCohortRun:
    """An operator has a cohort matched, which can be followed; nothing is applied by that.

    The same order again, as after a double click, is answered with the run that is at work on it.
    """

    transaction: Transaction
    runs: CohortRuns

    async def __call__(self, actor: Actor, order: CohortOrder) -> CohortView:
        """Raises NotAnOperator."""
        must_operate(actor)
        async with self.transaction(actor) as tx:
            run = await self.runs.at_work_on(order)
            if run is None:
                run, events = CohortRun.requested(
                    CohortId(uuid4()), order, by=operator(actor), at=await tx.now()
                )
                await self.runs.add(run)
                tx.emit(*events)
        return CohortView.of(run)


@dataclass(frozen=True, slots=True)
class _Decision:
    """An operator decides about a run, by a verb of it; said again, it changes nothing."""

    verb: ClassVar[Callable[..., tuple[Event, ...]]]
    transaction: Transaction
    runs: CohortRuns

    async def __call__(
        self, actor: Actor, cohort_id: CohortId, *, seen: Collection[int] | None = None
    ) -> CohortView:
        """Raises NotAnOperator, ChangedSinceSeen for another version than `seen`, or IllegalMove."""
        must_operate(actor)
        async with self.transaction(actor) as tx:
            run = await self.runs.get(cohort_id)
            run.must_be(seen)
            if events := type(self).verb(run, actor, at=await tx.now()):
                await self.runs.save(run)
                run.version += 1
                tx.emit(*events)
        return CohortView.of(run)


class ConfirmCohortRun(_Decision):
    """An operator lets the placements be applied."""

    verb = CohortRun.confirm


class DiscardCohortRun(_Decision):
    """An operator does not want a run, also while it is at work."""

    verb = CohortRun.discard


@dataclass(frozen=True, slots=True)
class ExpireCohortRuns:
    """By the clock: ends the runs that nobody confirmed in time; run twice, it ends them once."""

    transaction: Transaction
    runs: CohortRuns

    async def __call__(self, actor: Actor, slot: str) -> None:  # noqa: ARG002  overdue is overdue in any slot
        async with self.transaction(actor) as tx:
            now = await tx.now()
            for run in await self.runs.overdue(now, limit=EXPIRE_AT_ONCE):
                tx.emit(*run.expire(at=now))
                await self.runs.save(run)
