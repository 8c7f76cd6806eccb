"""The tables of notifications."""

from sqlalchemy import Column, Index, Table, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import UUID

from skillbridge.adapters.postgres.engine.columns import (
    metadata,
    of_tenant,
    of_user,
    owned_by,
    row_id,
    time,
)

notices = Table(
    "notices",
    metadata,
    row_id(),
    of_tenant(),
    Column("user_id", UUID, nullable=False),
    Column("event_id", UUID, nullable=False),
    Column("kind", Text, nullable=False),
    Column("about", Text, nullable=False, server_default=""),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("link", Text, nullable=True),
    time("created_at"),
    time("read_at", null=True),
    of_user("user_id"),
    UniqueConstraint("user_id", "event_id"),
    Index("ix_notices_user_newest", "user_id", text("created_at desc"), text("id desc")),
    Index("ix_notices_unread", "user_id", postgresql_where=text("read_at is null")),
    Index(
        "uq_notices_unread",
        "user_id",
        "kind",
        "about",
        unique=True,
        postgresql_where=text("read_at is null and about <> ''"),
    ),
    info=owned_by("user_id"),
)
