"""The tables of progress, and which completions are of a roadmap."""

from sqlalchemy import ColumnElement, FromClause, Text, and_
from sqlalchemy.dialects.postgresql import UUID

from skillbridge.adapters.postgres.engine.clauses import here
from skillbridge.adapters.postgres.engine.ddl import columns, index, of_tenant, table, time

completions = table(
    "completions",
    columns(UUID, "roadmap_id", key=True),
    columns(Text, "module_id", key=True),
    of_tenant(),
    columns(UUID, "learner_id"),
    time("completed_at"),
    index("ix_completions_learner", "learner_id", "completed_at"),
    owners=["learner_id"],
    references=[
        # With the learner in the key, nobody can complete a module of somebody else's roadmap.
        {"roadmap_id": "roadmaps.id", "learner_id": "roadmaps.learner_id"},
        {"learner_id": "users.id"},
    ],
)


def completed_of(roadmap: FromClause) -> ColumnElement[bool]:
    """Which completions are of this roadmap; their owner is named as well."""
    return and_(
        here(completions),
        completions.c.roadmap_id == roadmap.c.id,
        completions.c.learner_id == roadmap.c.learner_id,
    )
