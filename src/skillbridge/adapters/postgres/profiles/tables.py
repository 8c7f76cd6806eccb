"""The tables of profiles, and how rows about people are joined with what stands there."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Text, and_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from skillbridge.adapters.postgres.engine.clauses import here
from skillbridge.adapters.postgres.engine.ddl import columns, of_tenant, table, time, version
from skillbridge.application.matching.views import FORMER

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


def profile_of(user_id: ColumnElement[Any], rows: FromClause = profiles) -> ColumnElement[bool]:
    """Which profile is this person's."""
    return and_(here(rows), rows.c.user_id == user_id)


def with_names(rows: FromClause) -> Select[tuple[object, ...]]:
    """Rows of a learner and a mentor with the names of both, as far as the actor may see them."""
    learner, mentor = profiles.alias("learner"), profiles.alias("mentor")
    return (
        select(
            rows,
            func.coalesce(learner.c.name, literal(FORMER)).label("learner_name"),
            func.coalesce(mentor.c.name, literal(FORMER)).label("mentor_name"),
        )
        .outerjoin(learner, profile_of(rows.c.learner_id, learner))
        .outerjoin(mentor, profile_of(rows.c.mentor_id, mentor))
    )
