"""The tables of privacy."""

from sqlalchemy import LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from skillbridge.adapters.postgres.engine.ddl import columns, index, of_tenant, table, time
from skillbridge.domain.privacy.request import RequestKind, RequestState

privacy_requests = table(
    "privacy_requests",
    of_tenant("id"),
    columns(UUID, "user_id"),
    columns(Text, "kind"),
    columns(Text, "state", default="waiting"),
    time("asked_at", "due_at", "acts_at"),
    time("ended_at", null=True),
    columns(Text, "address", null=True),
    columns(JSONB, "receipts", default="{}"),
    columns(Text, "certificate", null=True),
    index(
        "uq_privacy_requests_open",
        *("tenant_id", "user_id", "kind"),
        unique=True,
        where="state in ('waiting','running')",
    ),
    index("ix_privacy_requests_user", "user_id", "asked_at desc"),
    index("ix_privacy_requests_due", "tenant_id", "due_at", where="ended_at is null"),
    owners=["user_id"],
    references=[{"user_id": "users.id"}],
    checks={
        "kind": RequestKind,
        "state": RequestState,
        "ended": "(ended_at is null) = (state in ('waiting','running'))",
        "address": "address is null or state = 'running'",
        "receipts": "jsonb_typeof(receipts) = 'object'",
    },
)

exports = table(
    "exports",
    of_tenant("user_id"),
    columns(UUID, "request_id"),
    columns(LargeBinary, "archive"),
    time("expires_at"),
    index("ix_exports_expiry", "tenant_id", "expires_at"),
    owners=["user_id"],
    references=[{"user_id": "users.id"}],
)
