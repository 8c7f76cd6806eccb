"""Progress as it is shown, from PostgreSQL."""

from dataclasses import dataclass

import msgspec
from sqlalchemy import bindparam, func, select

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.existing import existing
from skillbridge.adapters.postgres.engine.clauses import mine
from skillbridge.adapters.postgres.engine.database import Database
from skillbridge.adapters.postgres.engine.statements import Read
from skillbridge.adapters.postgres.progress.tables import completed_of, completions
from skillbridge.adapters.postgres.roadmaps.tables import roadmaps
from skillbridge.application.progress.ports import JourneyReads
from skillbridge.application.progress.views import Progress
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import RoadmapId
from skillbridge.domain.progress.journey import Journey, Step
from skillbridge.domain.unknown import UnknownRoadmap

_done = (
    select(completions)
    .where(completed_of(roadmaps))
    .order_by(completions.c.completed_at, completions.c.module_id)
)
ONE = Read(
    select(
        roadmaps.c.id,
        roadmaps.c.learner_id,
        roadmaps.c.status,
        roadmaps.c.modules,
        roadmaps.c.version,
        func.array(_done.with_only_columns(completions.c.module_id).scalar_subquery()).label(
            "done"
        ),
        func.array(_done.with_only_columns(completions.c.completed_at).scalar_subquery()).label(
            "times"
        ),
    ).where(
        mine(roadmaps),
        roadmaps.c.id == bindparam("id"),
        roadmaps.c.deleted_at.is_(None),
    )
)


@dataclass(frozen=True, slots=True)
class PostgresJourneyReads:
    database: Database

    async def of(self, actor: Actor, roadmap_id: RoadmapId) -> Progress:
        row = existing(await self.database.read_one(actor, ONE, id=roadmap_id), UnknownRoadmap)
        journey = Journey(
            learner_id=row["learner_id"],
            roadmap_id=row["id"],
            status=row["status"],
            steps=msgspec.convert(row["modules"], tuple[Step, ...]),
            completed=dict(zip(row["done"], row["times"], strict=True)),
            version=row["version"],
        )
        return Progress.of(journey)


BINDINGS: Bindings = (Binding[JourneyReads](PostgresJourneyReads),)
