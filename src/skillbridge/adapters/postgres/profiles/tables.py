"""The tables of profiles."""

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from skillbridge.adapters.postgres.engine.ddl import columns, of_tenant, table, time, version

profiles = table(
    "profiles",
    of_tenant("user_id"),
    columns(Text, "name"),
    columns(Text, "bio", default=""),
    columns(Text, "country", null=True),
    columns(Text, "time_zone", default="UTC"),
    columns(ARRAY(Text), "languages", default="{en}"),
    columns(JSONB, "skills", default="{}"),
    columns(JSONB, "availability", default="[]"),
    time("updated_at", now=True),
    version(),
    owners=["user_id"],
    references=[{"user_id": "users.id"}],
    checks={
        "name": "length(name) between 1 and 80",
        "bio": "char_length(bio) <= 2000",
        "country": "country ~ '^[A-Z]{2}$'",
        "skills": "jsonb_typeof(skills) = 'object'",
        "availability": "jsonb_typeof(availability) = 'array'",
    },
)
