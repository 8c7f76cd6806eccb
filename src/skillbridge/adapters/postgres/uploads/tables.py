"""The tables of uploads: the bytes themselves are in the store of files."""

from sqlalchemy import BigInteger, Integer, Text
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from skillbridge.adapters.postgres.engine.ddl import columns, index, of_tenant, table, time
from skillbridge.domain.uploads.upload import Purpose, UploadState

uploads = table(
    "uploads",
    of_tenant("id"),
    columns(UUID, "user_id"),
    columns(Text, "purpose"),
    columns(Text, "state", default="receiving"),
    columns(BigInteger, "size"),
    columns(BigInteger, "received", default="0"),
    columns(ARRAY(Text), "parts", default="{}"),
    columns(Text, "reason", null=True),
    time("expires_at"),
    index("ix_uploads_user", "user_id", "expires_at"),
    index("ix_uploads_expiry", "tenant_id", "expires_at"),
    owners=["user_id"],
    references=[{"user_id": "users.id"}],
    checks={
        "purpose": Purpose,
        "state": UploadState,
        "size": "size > 0",
        "received": "received between 0 and size",
        "filled": "(received = size) = (state <> 'receiving')",
        "reason": "(reason is not null) = (state = 'refused')",
    },
)

avatars = table(
    "avatars",
    of_tenant("user_id"),
    columns(UUID, "id"),
    columns(Integer, "small", "large"),
    time("changed_at"),
    owners=["user_id"],
    references=[{"user_id": "users.id"}],
    unique=[["id"]],
    checks={"small": "small > 0", "large": "large > 0"},
)
"""`small` and `large` are the bytes of the two sizes."""
