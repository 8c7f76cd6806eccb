"""What every context stands on: tenants, events, jobs and processes."""

from sqlalchemy import BigInteger, Column, LargeBinary, SmallInteger, Text, func
from sqlalchemy.dialects.postgresql import JSONB, UUID

from skillbridge.adapters.postgres.engine.ddl import columns, index, of_tenant, table, time
from skillbridge.application.ports.jobs import JobState
from skillbridge.application.ports.processes import Part

tenants = table(
    "tenants",
    columns(UUID, "id", key=True),
    Column("slug", Text, nullable=False, unique=True),
    columns(Text, "name"),
    time("created_at", now=True),
    checks={"slug": "slug ~ '^[a-z0-9][a-z0-9-]{1,62}$'"},
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
    unique=[("kind", "event_id"), ("tenant_id", "kind", "slot")],
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
