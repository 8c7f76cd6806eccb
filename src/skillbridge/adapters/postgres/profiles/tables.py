"""The tables of profiles."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from skillbridge.adapters.postgres.engine.columns import (
    metadata,
    of_tenant,
    of_user,
    owned_by,
    time,
    version,
)

profiles = Table(
    "profiles",
    metadata,
    Column("user_id", UUID, primary_key=True),
    of_tenant(),
    Column("name", Text, nullable=False),
    Column("bio", Text, nullable=False, server_default=""),
    Column("country", Text, nullable=True),
    Column("time_zone", Text, nullable=False, server_default="UTC"),
    Column("languages", ARRAY(Text), nullable=False, server_default="{en}"),
    Column("skills", JSONB, nullable=False, server_default="{}"),
    Column("availability", JSONB, nullable=False, server_default="[]"),
    time("updated_at", now=True),
    version(),
    of_user("user_id"),
    CheckConstraint("length(name) between 1 and 80", name="name"),
    CheckConstraint("char_length(bio) <= 2000", name="bio"),
    CheckConstraint("country ~ '^[A-Z]{2}$'", name="country"),
    CheckConstraint("jsonb_typeof(skills) = 'object'", name="skills"),
    CheckConstraint("jsonb_typeof(availability) = 'array'", name="availability"),
    info=owned_by("user_id"),
)
