"""The tables of gamification."""

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import UUID

from skillbridge.adapters.postgres.engine.ddl import columns, of_tenant, table, time

awards = table(
    "trophies",
    columns(UUID, "user_id", key=True),
    columns(Text, "badge_id", key=True),
    of_tenant(),
    time("awarded_at"),
    owners=["user_id"],
    references=[{"user_id": "users.id"}],
)
