"""The tables of progress."""

from sqlalchemy import Column, ForeignKeyConstraint, Index, Table, Text
from sqlalchemy.dialects.postgresql import UUID

from skillbridge.adapters.postgres.engine.columns import (
    metadata,
    of_tenant,
    of_user,
    owned_by,
    time,
)

completions = Table(
    "completions",
    metadata,
    Column("roadmap_id", UUID, primary_key=True),
    Column("module_id", Text, primary_key=True),
    of_tenant(),
    Column("learner_id", UUID, nullable=False),
    time("completed_at"),
    # With the learner in the key, nobody can complete a module of somebody else's roadmap.
    ForeignKeyConstraint(
        ["tenant_id", "roadmap_id", "learner_id"],
        ["roadmaps.tenant_id", "roadmaps.id", "roadmaps.learner_id"],
    ),
    of_user("learner_id"),
    Index("ix_completions_learner", "learner_id", "completed_at"),
    info=owned_by("learner_id"),
)
