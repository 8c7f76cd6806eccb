"""The tables of accounts."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from skillbridge.adapters.postgres.engine.columns import (
    metadata,
    of_tenant,
    of_user,
    owned_by,
    row_id,
    time,
    version,
)

users = Table(
    "users",
    metadata,
    row_id(),
    of_tenant(),
    Column("email", Text, nullable=False),
    time("email_verified_at", null=True),
    Column("password_hash", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False, server_default="{learner}"),
    time("created_at", now=True),
    time("updated_at", now=True),
    time("deleted_at", null=True),
    version(),
    time("disabled_at", null=True),
    UniqueConstraint("tenant_id", "id"),
    CheckConstraint("email = lower(email) and length(email) <= 254", name="email"),
    CheckConstraint("roles <@ '{learner,mentor,moderator,admin}'", name="roles"),
    Index(
        "uq_users_living_email",
        "tenant_id",
        "email",
        unique=True,
        postgresql_where=text("deleted_at is null"),
    ),
)

registrations = Table(
    "registrations",
    metadata,
    row_id(),
    of_tenant(),
    Column("email", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("name", Text, nullable=False),
    time("created_at", now=True),
    time("expires_at"),
    CheckConstraint("email = lower(email) and length(email) <= 254", name="email"),
    Index("ix_registrations_address", "tenant_id", "email", "expires_at"),
    Index("ix_registrations_expiry", "tenant_id", "expires_at"),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    row_id(),
    of_tenant(),
    Column("user_id", UUID, nullable=False),
    Column("device", Text, nullable=False, server_default=""),
    time("created_at", now=True),
    time("expires_at"),
    time("revoked_at", null=True),
    of_user("user_id"),
    UniqueConstraint("tenant_id", "id"),
    Index("ix_sign_ins_user", "user_id"),
    info=owned_by("user_id"),
)

refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    of_tenant(),
    Column("sign_in_id", UUID, nullable=False),
    Column("parent", LargeBinary, nullable=True),
    time("issued_at", now=True),
    time("used_at", null=True),
    ForeignKeyConstraint(["tenant_id", "sign_in_id"], ["sign_ins.tenant_id", "sign_ins.id"]),
    CheckConstraint("octet_length(hash) = 32", name="hash"),
    Index("ix_refresh_tokens_sign_in", "sign_in_id"),
    Index("uq_refresh_tokens_parent", "parent", unique=True),
)
