"""Cohort runs as they are shown, from PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
import msgspec
from sqlalchemy import Text, bindparam, func, or_, select

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.existing import existing
from skillbridge.adapters.postgres.cohorts.tables import cohort_runs, placements
from skillbridge.adapters.postgres.engine.clauses import here
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.statements import Pages, Read
from skillbridge.adapters.postgres.profiles.tables import with_names
from skillbridge.application.cohorts.ports import CohortReads
from skillbridge.application.cohorts.views import CohortView, PlacementView
from skillbridge.application.paging import Key, Page, PageRequest
from skillbridge.domain.actor import Actor
from skillbridge.domain.cohorts.cohort import UnknownCohort
from skillbridge.domain.cohorts.placement import PlacementState
from skillbridge.domain.ids import CohortId, UserId

# Everything but the list of learners, which may be long: its length is enough.
_views = select(
    *(column for column in cohort_runs.c if column.name not in {"learner_ids", "updated_at"}),
    func.cardinality(cohort_runs.c.learner_ids).label("named"),
).where(here(cohort_runs))
ONE = Read(_views.where(cohort_runs.c.id == bindparam("id")))
SEVERAL = Pages.of(Key, _views, cohort_runs.c.ordered_at, cohort_runs.c.id)
_state = bindparam("state", type_=Text)
PLACEMENTS = Pages.of(
    UserId,
    with_names(placements)
    .where(here(placements), placements.c.cohort_id == bindparam("cohort_id"))
    .where(or_(_state.is_(None), placements.c.state == _state)),
    placements.c.learner_id,
)


@dataclass(frozen=True, slots=True)
class PostgresCohortReads:
    database: Database

    async def one(self, actor: Actor, cohort_id: CohortId) -> CohortView:
        row = existing(await self.database.read_one(actor, ONE, id=cohort_id), UnknownCohort)
        (view,) = _as_views([row])
        return view

    async def several(self, actor: Actor, page: PageRequest[Key]) -> Page[CohortView, Key]:
        return await self.database.page(actor, SEVERAL, _as_views, page)

    async def placements(
        self,
        actor: Actor,
        cohort_id: CohortId,
        page: PageRequest[UserId],
        *,
        state: PlacementState | None,
    ) -> Page[PlacementView, UserId]:
        return await self.database.page(
            actor, PLACEMENTS, _as_placements, page, cohort_id=cohort_id, state=state
        )


def _as_views(rows: Sequence[asyncpg.Record]) -> list[CohortView]:
    return msgspec.convert([dict(row) for row in rows], list[CohortView])


def _as_placements(rows: Sequence[asyncpg.Record]) -> list[PlacementView]:
    return msgspec.convert(list(map(_with_names, rows)), list[PlacementView])


def _with_names(row: asyncpg.Record) -> dict[str, Any]:
    learner = {"id": row["learner_id"], "name": row["learner_name"]}
    mentor = {"id": row["mentor_id"], "name": row["mentor_name"]} if row["mentor_id"] else None
    return {**row, "learner": learner, "mentor": mentor}


BINDINGS: Bindings = (Binding[CohortReads](PostgresCohortReads),)
