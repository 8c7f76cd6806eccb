"""The tables of matching."""

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, Table, Text, text
from sqlalchemy.dialects.postgresql import UUID

from skillbridge.adapters.postgres.engine.columns import (
    metadata,
    of_tenant,
    of_user,
    owned_by,
    row_id,
    time,
    version,
)

matches = Table(
    "matches",
    metadata,
    row_id(),
    of_tenant(),
    Column("learner_id", UUID, nullable=False),
    Column("mentor_id", UUID, nullable=False),
    Column("status", Text, nullable=False),
    Column("message", Text, nullable=False, server_default=""),
    time("requested_at"),
    time("expires_at"),
    time("answered_at", null=True),
    time("ended_at", null=True),
    time("updated_at", now=True),
    version(),
    of_user("learner_id"),
    ForeignKeyConstraint(["tenant_id", "mentor_id"], ["mentors.tenant_id", "mentors.user_id"]),
    CheckConstraint(
        "status in ('requested','active','declined','withdrawn','expired','completed','cancelled')",
        name="status",
    ),
    CheckConstraint("learner_id <> mentor_id", name="two_people"),
    CheckConstraint("length(message) <= 1000", name="message"),
    Index(
        "uq_matches_open_pair",
        "learner_id",
        "mentor_id",
        unique=True,
        postgresql_where=text("status in ('requested','active')"),
    ),
    Index("ix_matches_learner", "learner_id", text("requested_at desc"), text("id desc")),
    Index("ix_matches_mentor", "mentor_id", text("requested_at desc"), text("id desc")),
    Index(
        "ix_matches_waiting",
        "tenant_id",
        "expires_at",
        postgresql_where=text("status = 'requested'"),
    ),
    info=owned_by("learner_id", "mentor_id"),
)
