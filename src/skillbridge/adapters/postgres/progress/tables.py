"""The tables of progress."""

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import UUID

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
