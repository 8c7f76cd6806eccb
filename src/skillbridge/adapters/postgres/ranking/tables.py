"""The tables of ranking."""

from sqlalchemy import BigInteger, Boolean, SmallInteger, Text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from skillbridge.adapters.postgres.engine.ddl import columns, index, of_tenant, table, time
from skillbridge.application.ranking.ports.ranker import Source

impressions = table(
    "impressions",
    columns(UUID, "showing_id", key=True),
    columns(SmallInteger, "position", key=True),
    of_tenant(),
    columns(UUID, "learner_id", "mentor_id"),
    columns(JSONB, "features"),
    columns(Text, "model", "source"),
    columns(Boolean, "degraded"),
    time("shown_at"),
    index("ix_impressions_tenant_time", "tenant_id", "shown_at", "showing_id", "position"),
    index("ix_impressions_pair", "learner_id", "mentor_id", "shown_at"),
    owners=["learner_id"],
    references=[{"learner_id": "users.id"}, {"mentor_id": "mentors.user_id"}],
    checks={
        "position": "position between 1 and 100",
        "features": "jsonb_typeof(features) = 'object'",
        "source": Source,
    },
)

pool_versions = table(
    "pool_versions",
    of_tenant(key=True),
    columns(BigInteger, "version", default="0"),
)

pool_seals = table(
    "pool_seals",
    of_tenant(key=True),
    columns(BigInteger, "version", key=True),
    columns(BigInteger, "digest"),
)

mentor_digests = table(
    "mentor_digests",
    of_tenant(key=True),
    columns(UUID, "mentor_id", key=True),
    columns(BigInteger, "digest"),
    references=[{"mentor_id": "mentors.user_id"}],
)
