"""The tables of tenancy."""

from sqlalchemy import Column, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from skillbridge.adapters.postgres.engine.ddl import columns, of_tenant, table, time

tenant_settings = table(
    "tenant_settings",
    of_tenant(key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    columns(JSONB, "settings"),
    columns(UUID, "changed_by", null=True),
    time("changed_at"),
    columns(Text, "reason"),
    references=[{"changed_by": "users.id"}],
    checks={
        "version": "version > 0",
        "settings": "jsonb_typeof(settings) = 'object'",
        "reason": "char_length(reason) between 3 and 200",
    },
)
