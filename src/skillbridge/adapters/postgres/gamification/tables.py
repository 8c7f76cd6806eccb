"""The tables of gamification."""

from sqlalchemy import Column, Table, Text
from sqlalchemy.dialects.postgresql import UUID

from skillbridge.adapters.postgres.engine.columns import (
    metadata,
    of_tenant,
    of_user,
    owned_by,
    time,
)

awards = Table(
    "trophies",
    metadata,
    Column("user_id", UUID, primary_key=True),
    Column("badge_id", Text, primary_key=True),
    of_tenant(),
    time("awarded_at"),
    of_user("user_id"),
    info=owned_by("user_id"),
)
