"""The tables of cohorts."""

from sqlalchemy import Column, ForeignKey, Integer, SmallInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from skillbridge.adapters.postgres.engine.ddl import columns, index, of_tenant, table, time, version
from skillbridge.domain.cohorts.assignment import AssignMode
from skillbridge.domain.cohorts.cohort import CohortStatus
from skillbridge.domain.cohorts.placement import PlacementState

cohort_runs = table(
    "cohort_runs",
    of_tenant("id"),
    columns(Text, "status", "mode"),
    columns(SmallInteger, "k", null=True),
    columns(Integer, "gap_ppm", null=True),
    columns(JSONB, "weights", null=True),
    columns(Integer, "deadline_ms", null=True),
    columns(ARRAY(UUID), "learner_ids", null=True),
    columns(UUID, "ordered_by", null=True),
    time("ordered_at"),
    time("proposed_at", null=True),
    columns(UUID, "confirmed_by", null=True),
    time("confirmed_at", "ended_at", null=True),
    time("expires_at"),
    columns(JSONB, "outcome", null=True),
    columns(Integer, "applied", "skipped", default="0"),
    columns(Text, "reason", null=True),
    time("updated_at", now=True),
    version(),
    index("ix_cohort_runs_newest", "tenant_id", "ordered_at desc", "id desc"),
    index(
        "ix_cohort_runs_open",
        "tenant_id",
        "expires_at",
        where="status in ('queued','running','proposed')",
    ),
    references=[{"ordered_by": "users.id"}, {"confirmed_by": "users.id"}],
    unique=[("tenant_id", "id")],
    checks={
        "status": CohortStatus,
        "mode": AssignMode,
        "k": "k between 1 and 100",
        "gap": "gap_ppm between 0 and 1000000",
        "deadline": "deadline_ms between 1 and 120000",
        "learners": "cardinality(learner_ids) between 1 and 100000",
        "weights": "jsonb_typeof(weights) = 'object'",
        "outcome": "jsonb_typeof(outcome) = 'object'",
        "counts": "applied >= 0 and skipped >= 0",
    },
)

placements = table(
    "placements",
    of_tenant("cohort_id", "learner_id"),
    columns(UUID, "mentor_id", null=True),
    columns(SmallInteger, "total"),
    columns(JSONB, "terms"),
    columns(ARRAY(Text), "reasons"),
    columns(Text, "state"),
    columns(Text, "because", null=True),
    Column("match_id", UUID, ForeignKey("matches.id"), nullable=True),
    index("ix_placements_learner", "learner_id"),
    index("ix_placements_mentor", "mentor_id"),
    index("ix_placements_waiting", "cohort_id", "learner_id", where="state = 'proposed'"),
    index("uq_placements_match", "match_id", unique=True),
    references=[
        {"cohort_id": "cohort_runs.id"},
        {"learner_id": "users.id"},
        {"mentor_id": "mentors.user_id"},
    ],
    checks={
        "total": "total between 0 and 10000",
        "terms": "jsonb_typeof(terms) = 'object'",
        "state": PlacementState,
        "because": "(because is not null) = (state in ('skipped','unplaced'))",
        "mentor": "(mentor_id is null) = (state = 'unplaced')",
        "match": "(match_id is not null) = (state = 'applied')",
    },
)
