"""The tables of mentors."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR, UUID

from skillbridge.adapters.postgres.engine.columns import (
    metadata,
    of_tenant,
    of_user,
    owned_by,
    time,
    version,
)

mentors = Table(
    "mentors",
    metadata,
    Column("user_id", UUID, primary_key=True),
    of_tenant(),
    Column("headline", Text, nullable=False),
    Column("capacity", SmallInteger, nullable=False),
    Column("active_matches", SmallInteger, nullable=False, server_default="0"),
    Column("accepting", Boolean, nullable=False, server_default="true"),
    Column("experience_years", SmallInteger, nullable=False, server_default="0"),
    Column("rating_sum", Integer, nullable=False, server_default="0"),
    Column("rating_count", Integer, nullable=False, server_default="0"),
    Column("pool_version", BigInteger, nullable=False, server_default="0"),
    time("created_at", now=True),
    time("updated_at", now=True),
    version(),
    of_user("user_id"),
    UniqueConstraint("tenant_id", "user_id"),
    CheckConstraint("char_length(headline) between 1 and 140", name="headline"),
    CheckConstraint("capacity between 1 and 50", name="capacity"),
    CheckConstraint("active_matches between 0 and capacity", name="load"),
    CheckConstraint("experience_years between 0 and 60", name="experience"),
    Index("ix_mentors_tenant_pool", "tenant_id", "pool_version"),
    Index(
        "ix_mentors_newest",
        "tenant_id",
        text("created_at desc"),
        text("user_id desc"),
        postgresql_where=text("accepting"),
    ),
    info=owned_by("user_id"),
)

mentor_documents = Table(
    "mentor_documents",
    metadata,
    Column("mentor_id", UUID, primary_key=True),
    of_tenant(),
    time("created_at"),
    Column("document", TSVECTOR, nullable=False),
    ForeignKeyConstraint(["tenant_id", "mentor_id"], ["mentors.tenant_id", "mentors.user_id"]),
    Index(
        "ix_mentor_documents_newest",
        "tenant_id",
        text("created_at desc"),
        text("mentor_id desc"),
    ),
    Index(
        "ix_mentor_documents_document",
        "document",
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    ),
    postgresql_with={"toast_tuple_target": 8160},
)
