"""The tables of roadmaps."""

from sqlalchemy import Date, SmallInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from skillbridge.adapters.postgres.engine.ddl import columns, index, of_tenant, table, time, version
from skillbridge.domain.level import Level
from skillbridge.domain.roadmaps.roadmap import RoadmapStatus

roadmaps = table(
    "roadmaps",
    of_tenant("id"),
    columns(UUID, "learner_id"),
    columns(Text, "title", "goal", "domain_id", "level"),
    columns(SmallInteger, "hours_per_week"),
    columns(ARRAY(Text), "known_skills", default="{}"),
    columns(Date, "starts_on"),
    columns(Text, "status"),
    columns(Text, "author", "reason", null=True),
    columns(JSONB, "modules", default="[]"),
    columns(SmallInteger, "percent", default="0"),
    time("created_at", "updated_at", now=True),
    time("deleted_at", null=True),
    version(),
    index(
        "ix_roadmaps_learner_newest",
        "learner_id",
        "created_at desc",
        "id desc",
        where="deleted_at is null",
    ),
    owners=["learner_id"],
    references=[{"learner_id": "users.id"}],
    unique=[("tenant_id", "id", "learner_id")],
    checks={
        "goal": "char_length(goal) between 1 and 500",
        "level": Level,
        "status": RoadmapStatus,
        "author": ["model", "template"],
        "hours": "hours_per_week between 1 and 60",
        "percent": "percent between 0 and 100",
        "modules": "jsonb_typeof(modules) = 'array'",
    },
)
