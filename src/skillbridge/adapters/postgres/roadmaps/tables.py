"""The tables of roadmaps."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    Index,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from skillbridge.adapters.postgres.engine.columns import (
    metadata,
    of_tenant,
    of_user,
    row_id,
    time,
    version,
)

roadmaps = Table(
    "roadmaps",
    metadata,
    row_id(),
    of_tenant(),
    Column("learner_id", UUID, nullable=False),
    Column("title", Text, nullable=False),
    Column("goal", Text, nullable=False),
    Column("domain_id", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("hours_per_week", SmallInteger, nullable=False),
    Column("known_skills", ARRAY(Text), nullable=False, server_default="{}"),
    Column("starts_on", Date, nullable=False),
    Column("status", Text, nullable=False),
    Column("author", Text, nullable=True),
    Column("reason", Text, nullable=True),
    Column("modules", JSONB, nullable=False, server_default="[]"),
    Column("percent", SmallInteger, nullable=False, server_default="0"),
    time("created_at", now=True),
    time("updated_at", now=True),
    time("deleted_at", null=True),
    version(),
    of_user("learner_id"),
    UniqueConstraint("tenant_id", "id", "learner_id"),
    CheckConstraint("char_length(goal) between 1 and 500", name="goal"),
    CheckConstraint("level in ('beginner','intermediate','advanced')", name="level"),
    CheckConstraint("status in ('drafting','ready','failed')", name="status"),
    CheckConstraint("author in ('model','template')", name="author"),
    CheckConstraint("hours_per_week between 1 and 60", name="hours"),
    CheckConstraint("percent between 0 and 100", name="percent"),
    CheckConstraint("jsonb_typeof(modules) = 'array'", name="modules"),
    Index(
        "ix_roadmaps_learner_newest",
        "learner_id",
        text("created_at desc"),
        text("id desc"),
        postgresql_where=text("deleted_at is null"),
    ),
)
