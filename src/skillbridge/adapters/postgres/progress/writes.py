"""Journeys in PostgreSQL: a roadmap's row, and one row of `completions` a module done."""

from dataclasses import dataclass

import msgspec
from sqlalchemy import UUID, DateTime, Text, any_, bindparam, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.existing import existing
from skillbridge.adapters.postgres.engine.clauses import here
from skillbridge.adapters.postgres.engine.session import Session
from skillbridge.adapters.postgres.engine.statements import Query, Save
from skillbridge.adapters.postgres.progress.tables import completed_of, completions
from skillbridge.adapters.postgres.roadmaps.tables import roadmaps
from skillbridge.application.progress.ports import Journeys
from skillbridge.domain.ids import RoadmapId, UserId
from skillbridge.domain.progress.journey import Journey, Step
from skillbridge.domain.unknown import UnknownRoadmap

STEPS = msgspec.json.Decoder(tuple[Step, ...])
LOCK = Query(
    select(text("*")).select_from(
        func.app.lock_journey(
            bindparam("roadmap_id", type_=UUID), bindparam("learner_id", type_=UUID)
        )
    )
)
_marked = (
    update(roadmaps)
    .where(here(roadmaps), roadmaps.c.id == bindparam("roadmap_id"))
    .where(roadmaps.c.learner_id == bindparam("learner_id"))
    .where(roadmaps.c.version == bindparam("version"))
    .values(percent=bindparam("percent"))
    .returning(roadmaps.c.tenant_id, roadmaps.c.id, roadmaps.c.learner_id)
    .cte("marked")
)
_kept = (
    insert(completions)
    .from_select(
        ["tenant_id", "roadmap_id", "learner_id", "module_id", "completed_at"],
        select(
            _marked.c.tenant_id,
            _marked.c.id,
            _marked.c.learner_id,
            func.unnest(bindparam("done", type_=ARRAY(Text))),
            func.unnest(bindparam("times", type_=ARRAY(DateTime(timezone=True)))),
        ),
    )
    .on_conflict_do_nothing()
    .cte("kept")
)
_forgotten = (
    delete(completions)
    .where(completed_of(_marked))
    .where(completions.c.module_id == any_(bindparam("reopened", type_=ARRAY(Text))))
    .cte("forgotten")
)
SAVE = Save(
    select(_marked.c.id).add_cte(_kept, _forgotten),
    "this roadmap changed meanwhile; read it again",
)


@dataclass(frozen=True, slots=True)
class PostgresJourneys:
    session: Session

    async def get(self, learner_id: UserId, roadmap_id: RoadmapId) -> Journey:
        ids = {"roadmap_id": roadmap_id, "learner_id": learner_id}
        row = existing(await self.session.connection.row(LOCK, **ids), UnknownRoadmap)
        return Journey(
            learner_id=row["learner_id"],
            roadmap_id=row["id"],
            status=row["status"],
            steps=STEPS.decode(row["modules"]),
            completed=dict(zip(row["done"] or (), row["times"] or (), strict=True)),
            version=row["version"],
        )

    async def save(self, journey: Journey) -> None:
        new = journey.newly_completed
        await self.session.connection.save(
            SAVE,
            journey,
            done=list(new),
            times=list(new.values()),
            reopened=list(journey.reopened),
        )


BINDINGS: Bindings = (Binding[Journeys](PostgresJourneys),)
