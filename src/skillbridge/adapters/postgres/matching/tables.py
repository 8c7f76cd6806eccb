"""The tables of matching."""

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import UUID

from skillbridge.adapters.postgres.engine.ddl import columns, index, of_tenant, table, time, version
from skillbridge.domain.matching.match import MatchStatus

matches = table(
    "matches",
    of_tenant("id"),
    columns(UUID, "learner_id", "mentor_id"),
    columns(Text, "status"),
    columns(Text, "message", default=""),
    time("requested_at", "expires_at"),
    time("answered_at", "ended_at", null=True),
    time("updated_at", now=True),
    version(),
    index(
        "uq_matches_open_pair",
        "learner_id",
        "mentor_id",
        unique=True,
        where="status in ('requested','active')",
    ),
    index("ix_matches_learner", "learner_id", "requested_at desc", "id desc"),
    index("ix_matches_mentor", "mentor_id", "requested_at desc", "id desc"),
    index("ix_matches_waiting", "tenant_id", "expires_at", where="status = 'requested'"),
    owners=["learner_id", "mentor_id"],
    references=[{"learner_id": "users.id"}, {"mentor_id": "mentors.user_id"}],
    checks={
        "status": MatchStatus,
        "two_people": "learner_id <> mentor_id",
        "message": "length(message) <= 1000",
    },
)
