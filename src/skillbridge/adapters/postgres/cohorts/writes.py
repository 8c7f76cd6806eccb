"""Cohort runs and their placements in PostgreSQL: what is written."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import msgspec
from sqlalchemy import (
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    text,
    update,
)

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.existing import existing
from skillbridge.adapters.postgres.cohorts.tables import cohort_runs, placements
from skillbridge.adapters.postgres.engine.advisory_locks import ORDERS
from skillbridge.adapters.postgres.engine.clauses import TENANT, add, change, here
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query, Save
from skillbridge.application.cohorts.ports import CohortRuns, Placements
from skillbridge.domain.actor import PrincipalKind
from skillbridge.domain.cohorts.assignment import AssignMode, AssignOptions
from skillbridge.domain.cohorts.cohort import CohortRun, UnknownCohort
from skillbridge.domain.cohorts.order import CohortOrder
from skillbridge.domain.cohorts.placement import CohortPlacement, PlacementState
from skillbridge.domain.ids import CohortId, UserId
from skillbridge.domain.ranking.score import Weights

MILLISECOND = timedelta(milliseconds=1)

HOLD_ORDERS = Query(
    select(func.pg_advisory_xact_lock(func.hashtextextended(cast(TENANT, Text), ORDERS)))
)
"""Waits until nobody else of the tenant holds its orders, then holds them."""

ADD = Query(
    add(
        cohort_runs,
        "id",
        "status",
        "mode",
        "k",
        "gap_ppm",
        "weights",
        "deadline_ms",
        "learner_ids",
        "ordered_by",
        "ordered_at",
        "expires_at",
    )
)
_runs = select(cohort_runs).where(here(cohort_runs))
AT_WORK = Query(
    _runs.where(text("status in ('queued','running')")).order_by(
        cohort_runs.c.ordered_at.desc(), cohort_runs.c.id.desc()
    )
)
GET = Query(_runs.where(cohort_runs.c.id == bindparam("id")).with_for_update(key_share=True))
OVERDUE = Query(
    _runs.where(text("status in ('queued','running','proposed')"))
    .where(cohort_runs.c.expires_at <= bindparam("moment"))
    .order_by(cohort_runs.c.expires_at)
    .limit(bindparam("most"))
    .with_for_update(key_share=True, skip_locked=True)
)
_DECIDED = ("status", "confirmed_by", "confirmed_at", "ended_at")
_FOUND_OUT = ("outcome", "proposed_at", "expires_at", "applied", "skipped", "reason")
"""Only a worker finds it out, and the API's login may not write it."""
_CHANGED = "this cohort run changed meanwhile: read it again"
DECIDE = Save(change(cohort_runs, *_DECIDED), _CHANGED)
SAVE = Save(change(cohort_runs, *_DECIDED, *_FOUND_OUT), _CHANGED)

ADD_PLACEMENT = Query(
    add(
        placements,
        "cohort_id",
        "learner_id",
        "mentor_id",
        "total",
        "terms",
        "reasons",
        "state",
        "because",
        "match_id",
    )
)
_of_run = and_(here(placements), placements.c.cohort_id == bindparam("cohort_id"))
# As the partial index says it, in the statement's text: a parameter would hide it from the planner.
WAITING = Query(
    select(placements.c.learner_id)
    .where(_of_run, placements.c.state == literal_column("'proposed'"))
    .order_by(placements.c.learner_id)
    .limit(bindparam("most"))
)
_of_learner = and_(_of_run, placements.c.learner_id == bindparam("learner_id"))
GET_PLACEMENT = Query(select(placements).where(_of_learner).with_for_update())
SAVE_PLACEMENT = Query(
    update(placements)
    .where(_of_learner)
    .values({name: bindparam(name) for name in ("state", "because", "match_id")})
)
COUNTS = Query(select(placements.c.state, func.count()).where(_of_run).group_by(placements.c.state))


@dataclass(frozen=True, slots=True)
class PostgresCohortRuns:
    session: Session

    async def add(self, run: CohortRun) -> None:
        options, named = run.order.options, run.order.learner_ids
        await self.session.connection.run(
            ADD,
            run,
            mode=options.mode,
            k=options.k,
            gap_ppm=options.gap_ppm,
            weights=asdict(options.weights) if options.weights else None,
            deadline_ms=options.deadline // MILLISECOND if options.deadline else None,
            learner_ids=None if named is None else list(named),
        )

    async def at_work_on(self, order: CohortOrder) -> CohortRun | None:
        await self.session.connection.row(HOLD_ORDERS)
        runs = map(_run, await self.session.connection.rows(AT_WORK))
        return next((run for run in runs if run.awaits(order)), None)

    async def get(self, cohort_id: CohortId) -> CohortRun:
        return _run(existing(await self.session.connection.row(GET, id=cohort_id), UnknownCohort))

    async def overdue(self, at: datetime, *, limit: int) -> Sequence[CohortRun]:
        rows = await self.session.connection.rows(OVERDUE, moment=at, most=limit)
        return [_run(row) for row in rows]

    async def save(self, run: CohortRun) -> None:
        connection = self.session.connection
        if connection.actor.principal_kind is PrincipalKind.SYSTEM:
            await connection.save(SAVE, run, outcome=msgspec.to_builtins(run.outcome))
        else:
            await connection.save(DECIDE, run)


@dataclass(frozen=True, slots=True)
class PostgresPlacements:
    session: Session

    async def add(self, placements: Sequence[CohortPlacement]) -> None:
        await self.session.connection.run_many(ADD_PLACEMENT, [_row(one) for one in placements])

    async def waiting(self, cohort_id: CohortId, *, limit: int) -> Sequence[UserId]:
        rows = await self.session.connection.rows(WAITING, cohort_id=cohort_id, most=limit)
        return [UserId(row["learner_id"]) for row in rows]

    async def get(self, cohort_id: CohortId, learner_id: UserId) -> CohortPlacement:
        row = await self.session.connection.row(
            GET_PLACEMENT, cohort_id=cohort_id, learner_id=learner_id
        )
        return msgspec.convert(dict(existing(row, UnknownCohort)), CohortPlacement)

    async def save(self, placement: CohortPlacement) -> None:
        await self.session.connection.run(SAVE_PLACEMENT, placement)

    async def counts(self, cohort_id: CohortId) -> Mapping[PlacementState, int]:
        rows = await self.session.connection.rows(COUNTS, cohort_id=cohort_id)
        return {PlacementState(state): number for state, number in rows}


def _row(placement: CohortPlacement) -> dict[str, Any]:
    return {
        **{field.name: getattr(placement, field.name) for field in fields(placement)},
        "terms": dict(placement.terms),
    }


def _run(row: asyncpg.Record) -> CohortRun:
    weights, thinks, named = row["weights"], row["deadline_ms"], row["learner_ids"]
    options = AssignOptions(
        mode=AssignMode(row["mode"]),
        k=row["k"],
        gap_ppm=row["gap_ppm"],
        weights=Weights(**weights) if weights else None,
        deadline=timedelta(milliseconds=thinks) if thinks else None,
    )
    order = CohortOrder(
        options=options,
        learner_ids=None if named is None else tuple(UserId(one) for one in named),
    )
    return msgspec.convert({**row, "order": order}, CohortRun)


BINDINGS: Bindings = (
    Binding[CohortRuns](PostgresCohortRuns),
    Binding[Placements](PostgresPlacements),
)
