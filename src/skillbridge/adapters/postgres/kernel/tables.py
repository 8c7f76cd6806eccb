"""What every context stands on: tenants, events, jobs and processes."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from skillbridge.adapters.postgres.engine.columns import metadata, of_tenant, row_id, time

tenants = Table(
    "tenants",
    metadata,
    row_id(),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    time("created_at", now=True),
    CheckConstraint("slug ~ '^[a-z0-9][a-z0-9-]{1,62}$'", name="slug"),
)

events = Table(
    "events",
    metadata,
    row_id(),
    of_tenant(),
    Column("name", Text, nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("actor_id", UUID, nullable=True),
    Column("request_id", Text, nullable=True),
    time("at"),
    time("recorded_at", now=True),
    UniqueConstraint("tenant_id", "id"),
    CheckConstraint("jsonb_typeof(payload) = 'object'", name="payload"),
    Index("ix_events_tenant_time", "tenant_id", "recorded_at"),
)

jobs = Table(
    "jobs",
    metadata,
    row_id(),
    of_tenant(),
    Column("kind", Text, nullable=False),
    Column("event_id", UUID, nullable=True),
    Column("slot", Text, nullable=True),
    Column("state", Text, nullable=False, server_default="ready"),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("lease", BigInteger, nullable=False, server_default="0"),
    time("due_at", now=True),
    time("lease_until", null=True),
    time("created_at", now=True),
    time("done_at", null=True),
    Column("error", Text, nullable=True),
    ForeignKeyConstraint(["tenant_id", "event_id"], ["events.tenant_id", "events.id"]),
    UniqueConstraint("kind", "event_id"),
    UniqueConstraint("tenant_id", "kind", "slot"),
    CheckConstraint("state in ('ready','running','done','dead')", name="state"),
    CheckConstraint("num_nonnulls(event_id, slot) = 1", name="cause"),
    Index(
        "ix_jobs_claimable",
        text("coalesce(lease_until, due_at)"),
        postgresql_where=text("state = 'ready' or state = 'running'"),
    ),
    Index("ix_jobs_state_newest", "state", text("created_at desc"), text("id desc")),
)

job_tallies = Table(
    "job_tallies",
    metadata,
    Column("id", UUID, primary_key=True, server_default=func.gen_random_uuid()),
    Column("done", BigInteger, nullable=False),
)

processes = Table(
    "processes",
    metadata,
    row_id(),
    Column("part", Text, nullable=False),
    Column("version", Text, nullable=False),
    time("started_at", now=True),
    time("beat_at", now=True),
    CheckConstraint("part in ('api','worker')", name="part"),
)
