"""What every context stands on: tenants, events, jobs and processes."""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from skillbridge.adapters.postgres.engine.ddl import columns, index, of_tenant, table, time
from skillbridge.application.ports.jobs import JobState
from skillbridge.application.ports.processes import Part
from skillbridge.domain.audit.entry import ActorKind
from skillbridge.domain.events.event import Category
from skillbridge.domain.tenancy.tenant import TenantState

tenants = table(
    "tenants",
    columns(UUID, "id", key=True),
    Column("slug", Text, nullable=False, unique=True),
    columns(Text, "name"),
    time("created_at", now=True),
    columns(Text, "state", default=TenantState.ACTIVE),
    checks={"slug": "slug ~ '^[a-z0-9][a-z0-9-]{1,62}$'", "state": TenantState},
)

events = table(
    "events",
    of_tenant("id"),
    columns(Text, "name"),
    columns(JSONB, "payload"),
    columns(UUID, "actor_id", null=True),
    columns(Text, "request_id", null=True),
    time("at"),
    time("recorded_at", now=True),
    index("ix_events_tenant_time", "tenant_id", "recorded_at"),
    unique=[("tenant_id", "id")],
    checks={"payload": "jsonb_typeof(payload) = 'object'"},
)

audit_entries = table(
    "audit_entries",
    columns(UUID, "id"),
    of_tenant(),
    columns(DateTime(timezone=True), "at", default=func.clock_timestamp()),
    columns(Text, "action", "category", "actor_kind"),
    columns(UUID, "actor_id", "subject_id", null=True),
    columns(Text, "operator", "network", "request_id", "correlation_id", null=True),
    columns(JSONB, "details"),
    columns(BigInteger, "n", null=True),
    columns(LargeBinary, "hash", null=True),
    time("sealed_at", null=True),
    PrimaryKeyConstraint("tenant_id", "at", "id"),
    index("ix_audit_entries_action", "tenant_id", "action", "at", "id"),
    index("ix_audit_entries_actor", "actor_id", "at", "id", where="actor_id is not null"),
    index("ix_audit_entries_subject", "subject_id", "at", "id", where="subject_id is not null"),
    index("ix_audit_entries_waiting", "tenant_id", "at", "id", where="n is null"),
    index("ix_audit_entries_place", "tenant_id", "n", where="n is not null"),
    checks={
        "category": Category,
        "actor_kind": ActorKind,
        "details": "jsonb_typeof(details) = 'object'",
        "hash": "octet_length(hash) = 32",
        "seal": "num_nonnulls(n, hash, sealed_at) in (0, 3)",
    },
    postgresql_partition_by="RANGE (at)",
)
"""A partition a month, made and retired by `migrations/sql/current/audit.sql`."""

audit_heads = table(
    "audit_heads",
    of_tenant(key=True),
    columns(BigInteger, "n"),
    columns(LargeBinary, "hash"),
    checks={"hash": "octet_length(hash) = 32"},
)

jobs = table(
    "jobs",
    of_tenant("id"),
    columns(Text, "kind"),
    columns(UUID, "event_id", null=True),
    columns(Text, "slot", null=True),
    columns(Text, "state", default="ready"),
    columns(SmallInteger, "attempts", default="0"),
    columns(BigInteger, "lease", default="0"),
    time("due_at", now=True),
    time("lease_until", null=True),
    time("created_at", now=True),
    time("done_at", null=True),
    columns(Text, "error", null=True),
    index(
        "ix_jobs_claimable",
        "coalesce(lease_until, due_at)",
        where="state = 'ready' or state = 'running'",
    ),
    index("ix_jobs_state_newest", "state", "created_at desc", "id desc"),
    references=[{"event_id": "events.id"}],
    unique=[("event_id", "kind"), ("tenant_id", "kind", "slot")],
    checks={"state": JobState, "cause": "num_nonnulls(event_id, slot) = 1"},
)

job_tallies = table(
    "job_tallies",
    columns(UUID, "id", key=True, default=func.gen_random_uuid()),
    columns(BigInteger, "done"),
)

kept_answers = table(
    "kept_answers",
    of_tenant("user_id", key=True),
    columns(Text, "operation", "key", key=True),
    columns(LargeBinary, "fingerprint"),
    columns(SmallInteger, "status"),
    columns(JSONB, "headers"),
    columns(Text, "body", null=True),
    time("at", now=True),
    index("ix_kept_answers_tenant_time", "tenant_id", "at"),
    owners=["user_id"],
    references=[{"user_id": "users.id"}],
    checks={
        "key": "char_length(key) between 1 and 255",
        "fingerprint": "octet_length(fingerprint) = 32",
        "status": "status between 200 and 299",
        "headers": "jsonb_typeof(headers) = 'object'",
    },
)

processes = table(
    "processes",
    columns(UUID, "id", key=True),
    columns(Text, "part", "version"),
    time("started_at", "beat_at", now=True),
    checks={"part": Part},
)
