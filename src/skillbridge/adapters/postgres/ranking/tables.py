"""The tables of ranking."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from skillbridge.adapters.postgres.engine.columns import (
    metadata,
    of_tenant,
    of_user,
    owned_by,
    time,
)

impressions = Table(
    "impressions",
    metadata,
    Column("showing_id", UUID, primary_key=True),
    Column("position", SmallInteger, primary_key=True, autoincrement=False),
    of_tenant(),
    Column("learner_id", UUID, nullable=False),
    Column("mentor_id", UUID, nullable=False),
    Column("features", JSONB, nullable=False),
    Column("model", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("degraded", Boolean, nullable=False),
    time("shown_at"),
    of_user("learner_id"),
    ForeignKeyConstraint(["tenant_id", "mentor_id"], ["mentors.tenant_id", "mentors.user_id"]),
    CheckConstraint("position between 1 and 100", name="position"),
    CheckConstraint("jsonb_typeof(features) = 'object'", name="features"),
    CheckConstraint("source in ('matcher','fallback')", name="source"),
    Index("ix_impressions_tenant_time", "tenant_id", "shown_at", "showing_id", "position"),
    Index("ix_impressions_pair", "learner_id", "mentor_id", "shown_at"),
    info=owned_by("learner_id"),
)

pool_versions = Table(
    "pool_versions",
    metadata,
    of_tenant(primary_key=True),
    Column("version", BigInteger, nullable=False, server_default="0"),
)

pool_seals = Table(
    "pool_seals",
    metadata,
    of_tenant(primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("digest", BigInteger, nullable=False),
)

mentor_digests = Table(
    "mentor_digests",
    metadata,
    of_tenant(primary_key=True),
    Column("mentor_id", UUID, primary_key=True),
    Column("digest", BigInteger, nullable=False),
    ForeignKeyConstraint(["tenant_id", "mentor_id"], ["mentors.tenant_id", "mentors.user_id"]),
)
