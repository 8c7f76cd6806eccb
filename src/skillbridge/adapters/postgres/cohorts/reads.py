"""Cohort runs as they are shown, from PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg
import msgspec
from sqlalchemy import DateTime, Text, Uuid, and_, bindparam, func, literal, or_, select, tuple_

from skillbridge.adapters.postgres.accounts.tables import profiles
from skillbridge.adapters.postgres.cohorts.tables import cohort_runs, placements
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.statements import Read
from skillbridge.application.cohorts.views import CohortView, PlacementView
from skillbridge.application.matching.views import FORMER
from skillbridge.application.paging import Key
from skillbridge.domain.actor import Actor
from skillbridge.domain.cohorts.cohort import UnknownCohort
from skillbridge.domain.cohorts.placement import PlacementState
from skillbridge.domain.ids import CohortId, UserId

# Everything but the list of learners, which may be long: its length is enough.
_views = select(
    *(column for column in cohort_runs.c if column.name not in {"learner_ids", "updated_at"}),
    func.cardinality(cohort_runs.c.learner_ids).label("named"),
).where(cohort_runs.c.tenant_id == bindparam("tenant"))
ONE = Read(_views.where(cohort_runs.c.id == bindparam("wanted")))
_after_at = bindparam("after_at", type_=DateTime(timezone=True))
_after_id = bindparam("after_id", type_=Uuid)
SEVERAL = Read(
    _views.where(
        or_(
            _after_id.is_(None),
            tuple_(cohort_runs.c.ordered_at, cohort_runs.c.id) < tuple_(_after_at, _after_id),
        )
    )
    .order_by(cohort_runs.c.ordered_at.desc(), cohort_runs.c.id.desc())
    .limit(bindparam("most"))
)
_learner, _mentor = profiles.alias("learner"), profiles.alias("mentor")
_state = bindparam("in_state", type_=Text)
PLACEMENTS = Read(
    select(
        placements,
        func.coalesce(_learner.c.name, literal(FORMER)).label("learner_name"),
        func.coalesce(_mentor.c.name, literal(FORMER)).label("mentor_name"),
    )
    .outerjoin(
        _learner,
        and_(
            _learner.c.user_id == placements.c.learner_id,
            _learner.c.tenant_id == placements.c.tenant_id,
        ),
    )
    .outerjoin(
        _mentor,
        and_(
            _mentor.c.user_id == placements.c.mentor_id,
            _mentor.c.tenant_id == placements.c.tenant_id,
        ),
    )
    .where(placements.c.tenant_id == bindparam("tenant"))
    .where(placements.c.cohort_id == bindparam("wanted"))
    .where(or_(_state.is_(None), placements.c.state == _state))
    .where(or_(_after_id.is_(None), placements.c.learner_id < _after_id))
    .order_by(placements.c.learner_id.desc())
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class PostgresCohortReads:
    database: Database

    async def one(self, actor: Actor, cohort_id: CohortId) -> CohortView:
        row = await self.database.read_one(actor, ONE, tenant=actor.tenant_id, wanted=cohort_id)
        if row is None:
            raise UnknownCohort
        return _view(row)

    async def several(self, actor: Actor, *, after: Key | None, limit: int) -> Sequence[CohortView]:
        at, row_id = (after.at, after.id) if after else (None, None)
        rows = await self.database.read(
            actor, SEVERAL, tenant=actor.tenant_id, after_at=at, after_id=row_id, most=limit
        )
        return [_view(row) for row in rows]

    async def placements(
        self,
        actor: Actor,
        cohort_id: CohortId,
        *,
        state: PlacementState | None,
        after: UserId | None,
        limit: int,
    ) -> Sequence[PlacementView]:
        rows = await self.database.read(
            actor,
            PLACEMENTS,
            tenant=actor.tenant_id,
            wanted=cohort_id,
            in_state=state,
            after_id=after,
            most=limit,
        )
        return [_placement(row) for row in rows]


def _view(row: asyncpg.Record) -> CohortView:
    return msgspec.convert(dict(row), CohortView)


def _placement(row: asyncpg.Record) -> PlacementView:
    learner = {"id": row["learner_id"], "name": row["learner_name"]}
    mentor = {"id": row["mentor_id"], "name": row["mentor_name"]} if row["mentor_id"] else None
    return msgspec.convert({**row, "learner": learner, "mentor": mentor}, PlacementView)
