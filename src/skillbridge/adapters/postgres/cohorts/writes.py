"""Cohort runs and their placements in PostgreSQL: what is written."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import msgspec
from sqlalchemy import (
    BindParameter,
    Text,
    and_,
    bindparam,
    cast,
    func,
    insert,
    literal_column,
    select,
    text,
    update,
)

from skillbridge.adapters.postgres.cohorts.tables import cohort_runs, placements
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query
from skillbridge.application.cohorts.views import MILLISECOND
from skillbridge.domain.cohorts.assignment import AssignMode, AssignOptions
from skillbridge.domain.cohorts.cohort import CohortRun, UnknownCohort
from skillbridge.domain.cohorts.order import CohortOrder
from skillbridge.domain.cohorts.placement import CohortPlacement, PlacementState
from skillbridge.domain.errors import StaleWrite
from skillbridge.domain.ids import CohortId, UserId
from skillbridge.domain.ranking.score import Weights

_tenant = select(func.app.tenant_id()).scalar_subquery()

HOLD_ORDERS = Query(
    select(func.pg_advisory_xact_lock(func.hashtextextended(cast(_tenant, Text), 1)))
)
"""Waits until nobody else of the tenant holds its orders, then holds them."""

ADD = Query(
    insert(cohort_runs).values(
        id=bindparam("new"),
        tenant_id=_tenant,
        status=bindparam("stands"),
        mode=bindparam("how"),
        k=bindparam("listed"),
        gap_ppm=bindparam("gap"),
        weights=bindparam("weighs"),
        deadline_ms=bindparam("thinks"),
        learner_ids=bindparam("named"),
        ordered_by=bindparam("who"),
        ordered_at=bindparam("asked"),
        expires_at=bindparam("until"),
    )
)
_runs = select(cohort_runs).where(cohort_runs.c.tenant_id == _tenant)
AT_WORK = Query(
    _runs.where(text("status in ('queued','running')")).order_by(
        cohort_runs.c.ordered_at.desc(), cohort_runs.c.id.desc()
    )
)
GET = Query(_runs.where(cohort_runs.c.id == bindparam("wanted")).with_for_update(key_share=True))
OVERDUE = Query(
    _runs.where(text("status in ('queued','running','proposed')"))
    .where(cohort_runs.c.expires_at <= bindparam("moment"))
    .order_by(cohort_runs.c.expires_at)
    .limit(bindparam("most"))
    .with_for_update(key_share=True, skip_locked=True)
)
_saved = (
    update(cohort_runs)
    .where(cohort_runs.c.id == bindparam("wanted"), cohort_runs.c.tenant_id == _tenant)
    .where(cohort_runs.c.version == bindparam("read"))
)
# The API's login may not write what only a worker finds out.
_decided: dict[str, BindParameter[Any]] = {
    "status": bindparam("stands"),
    "confirmed_by": bindparam("who"),
    "confirmed_at": bindparam("agreed"),
    "ended_at": bindparam("ended"),
}
DECIDE = Query(_saved.values(**_decided))
SAVE = Query(
    _saved.values(
        **_decided,
        outcome=bindparam("found"),
        proposed_at=bindparam("shown"),
        expires_at=bindparam("until"),
        applied=bindparam("done"),
        skipped=bindparam("passed"),
        reason=bindparam("why"),
    )
)
IS_SYSTEM = Query(select(func.app.is_system()))

ADD_PLACEMENT = Query(
    insert(placements).values(
        cohort_id=bindparam("run"),
        learner_id=bindparam("learner"),
        tenant_id=_tenant,
        mentor_id=bindparam("mentor"),
        total=bindparam("points"),
        terms=bindparam("parts"),
        reasons=bindparam("words"),
        state=bindparam("stands"),
        because=bindparam("why"),
        match_id=bindparam("match"),
    )
)
_of_run = and_(placements.c.tenant_id == _tenant, placements.c.cohort_id == bindparam("run"))
# As the partial index says it, in the statement's text: a parameter would hide it from the planner.
WAITING = Query(
    select(placements.c.learner_id)
    .where(_of_run, placements.c.state == literal_column("'proposed'"))
    .order_by(placements.c.learner_id)
    .limit(bindparam("most"))
)
GET_PLACEMENT = Query(
    select(placements)
    .where(_of_run, placements.c.learner_id == bindparam("learner"))
    .with_for_update()
)
SAVE_PLACEMENT = Query(
    update(placements)
    .where(_of_run, placements.c.learner_id == bindparam("learner"))
    .values(state=bindparam("stands"), because=bindparam("why"), match_id=bindparam("match"))
)
COUNTS = Query(select(placements.c.state, func.count()).where(_of_run).group_by(placements.c.state))


@dataclass(frozen=True, slots=True)
class PostgresCohortRuns:
    session: Session

    async def add(self, run: CohortRun) -> None:
        options, named = run.order.options, run.order.learner_ids
        await self.session.connection.run(
            ADD,
            new=run.id,
            stands=run.status,
            how=options.mode,
            listed=options.k,
            gap=options.gap_ppm,
            weighs=asdict(options.weights) if options.weights else None,
            thinks=options.deadline // MILLISECOND if options.deadline else None,
            named=None if named is None else list(named),
            who=run.ordered_by,
            asked=run.ordered_at,
            until=run.expires_at,
        )

    async def at_work_on(self, order: CohortOrder) -> CohortRun | None:
        await self.session.connection.row(HOLD_ORDERS)
        runs = map(_run, await self.session.connection.rows(AT_WORK))
        return next((run for run in runs if run.awaits(order)), None)

    async def get(self, cohort_id: CohortId) -> CohortRun:
        row = await self.session.connection.row(GET, wanted=cohort_id)
        if row is None:
            raise UnknownCohort
        return _run(row)

    async def overdue(self, at: datetime, *, limit: int) -> Sequence[CohortRun]:
        return [
            _run(row) for row in await self.session.connection.rows(OVERDUE, moment=at, most=limit)
        ]

    async def save(self, run: CohortRun) -> None:
        decided = {
            "wanted": run.id,
            "read": run.version,
            "stands": run.status,
            "who": run.confirmed_by,
            "agreed": run.confirmed_at,
            "ended": run.ended_at,
        }
        if await self.session.connection.value(IS_SYSTEM):
            saved = await self.session.connection.run(
                SAVE,
                **decided,
                found=msgspec.to_builtins(run.outcome),
                shown=run.proposed_at,
                until=run.expires_at,
                done=run.applied,
                passed=run.skipped,
                why=run.reason,
            )
        else:
            saved = await self.session.connection.run(DECIDE, **decided)
        if not saved:
            raise StaleWrite("this cohort run changed meanwhile: read it again")


@dataclass(frozen=True, slots=True)
class PostgresPlacements:
    session: Session

    async def add(self, placements: Sequence[CohortPlacement]) -> None:
        await self.session.connection.run_many(ADD_PLACEMENT, [_row(one) for one in placements])

    async def waiting(self, cohort_id: CohortId, *, limit: int) -> Sequence[UserId]:
        rows = await self.session.connection.rows(WAITING, run=cohort_id, most=limit)
        return [UserId(row["learner_id"]) for row in rows]

    async def get(self, cohort_id: CohortId, learner_id: UserId) -> CohortPlacement:
        row = await self.session.connection.row(GET_PLACEMENT, run=cohort_id, learner=learner_id)
        if row is None:
            raise UnknownCohort
        return msgspec.convert(dict(row), CohortPlacement)

    async def save(self, placement: CohortPlacement) -> None:
        await self.session.connection.run(
            SAVE_PLACEMENT,
            run=placement.cohort_id,
            learner=placement.learner_id,
            stands=placement.state,
            why=placement.because,
            match=placement.match_id,
        )

    async def counts(self, cohort_id: CohortId) -> Mapping[PlacementState, int]:
        rows = await self.session.connection.rows(COUNTS, run=cohort_id)
        return {PlacementState(state): number for state, number in rows}


def _row(placement: CohortPlacement) -> dict[str, Any]:
    return {
        "run": placement.cohort_id,
        "learner": placement.learner_id,
        "mentor": placement.mentor_id,
        "points": placement.total,
        "parts": dict(placement.terms),
        "words": list(placement.reasons),
        "stands": placement.state,
        "why": placement.because,
        "match": placement.match_id,
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
