"""The tables of notifications."""

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import UUID

from skillbridge.adapters.postgres.engine.ddl import columns, index, of_tenant, table, time

notices = table(
    "notices",
    of_tenant("id"),
    columns(UUID, "user_id", "event_id"),
    columns(Text, "kind"),
    columns(Text, "about", default=""),
    columns(Text, "title", "body"),
    columns(Text, "link", null=True),
    time("created_at"),
    time("read_at", null=True),
    index("ix_notices_user_newest", "user_id", "created_at desc", "id desc"),
    index("ix_notices_unread", "user_id", where="read_at is null"),
    index(
        "uq_notices_unread",
        "user_id",
        "kind",
        "about",
        unique=True,
        where="read_at is null and about <> ''",
    ),
    owners=["user_id"],
    references=[{"user_id": "users.id"}],
    unique=[("user_id", "event_id")],
)
