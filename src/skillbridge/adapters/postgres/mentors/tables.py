"""The tables of mentors."""

from sqlalchemy import BigInteger, Boolean, Integer, SmallInteger, Text
from sqlalchemy.dialects.postgresql import TSVECTOR

from skillbridge.adapters.postgres.engine.ddl import columns, index, of_tenant, table, time, version

mentors = table(
    "mentors",
    of_tenant("user_id"),
    columns(Text, "headline"),
    columns(SmallInteger, "capacity"),
    columns(SmallInteger, "active_matches", default="0"),
    columns(Boolean, "accepting", default="true"),
    columns(SmallInteger, "experience_years", default="0"),
    columns(Integer, "rating_sum", "rating_count", default="0"),
    columns(BigInteger, "pool_version", default="0"),
    time("created_at", "updated_at", now=True),
    version(),
    index("ix_mentors_tenant_pool", "tenant_id", "pool_version"),
    index("ix_mentors_newest", "tenant_id", "created_at desc", "user_id desc", where="accepting"),
    owners=["user_id"],
    references=[{"user_id": "users.id"}],
    unique=[("tenant_id", "user_id")],
    checks={
        "headline": "char_length(headline) between 1 and 140",
        "capacity": "capacity between 1 and 50",
        "load": "active_matches between 0 and capacity",
        "experience": "experience_years between 0 and 60",
    },
)

mentor_documents = table(
    "mentor_documents",
    of_tenant("mentor_id"),
    time("created_at"),
    columns(TSVECTOR, "document"),
    index("ix_mentor_documents_newest", "tenant_id", "created_at desc", "mentor_id desc"),
    index(
        "ix_mentor_documents_document",
        "document",
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    ),
    references=[{"mentor_id": "mentors.user_id"}],
    postgresql_with={"toast_tuple_target": 8160},
)
