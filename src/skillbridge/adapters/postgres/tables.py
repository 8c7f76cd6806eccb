"""The schema, as SQLAlchemy tables: what statements are built from and migrations compared to.

Every row has its tenant, and the keys between rows carry it, so that no row can point into
another tenant. Functions, triggers, policies and grants live in `migrations/sql/current`.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR, UUID

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[object]:
    return Column("id", UUID, primary_key=True)


def _tenant(*, primary_key: bool = False) -> Column[object]:
    return Column(
        "tenant_id", UUID, ForeignKey("tenants.id"), nullable=False, primary_key=primary_key
    )


def _time(name: str, *, now: bool = False, null: bool = False) -> Column[object]:
    return Column(
        name,
        DateTime(timezone=True),
        nullable=null,
        server_default=func.now() if now else None,
    )


def _version() -> Column[object]:
    return Column("version", Integer, nullable=False, server_default="1")


def _of_user(column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant_id", column], ["users.tenant_id", "users.id"])


tenants = Table(
    "tenants",
    metadata,
    _id(),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    _time("created_at", now=True),
    CheckConstraint("slug ~ '^[a-z0-9][a-z0-9-]{1,62}$'", name="slug"),
)

# accounts

users = Table(
    "users",
    metadata,
    _id(),
    _tenant(),
    Column("email", Text, nullable=False),
    _time("email_verified_at", null=True),
    Column("password_hash", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False, server_default="{learner}"),
    _time("created_at", now=True),
    _time("updated_at", now=True),
    _time("deleted_at", null=True),
    _version(),
    _time("disabled_at", null=True),
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
    _id(),
    _tenant(),
    Column("email", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("name", Text, nullable=False),
    _time("created_at", now=True),
    _time("expires_at"),
    CheckConstraint("email = lower(email) and length(email) <= 254", name="email"),
    Index("ix_registrations_address", "tenant_id", "email", "expires_at"),
    Index("ix_registrations_expiry", "tenant_id", "expires_at"),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    _id(),
    _tenant(),
    Column("user_id", UUID, nullable=False),
    Column("device", Text, nullable=False, server_default=""),
    _time("created_at", now=True),
    _time("expires_at"),
    _time("revoked_at", null=True),
    _of_user("user_id"),
    UniqueConstraint("tenant_id", "id"),
    Index("ix_sign_ins_user", "user_id"),
)

refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    _tenant(),
    Column("sign_in_id", UUID, nullable=False),
    Column("parent", LargeBinary, nullable=True),
    _time("issued_at", now=True),
    _time("used_at", null=True),
    ForeignKeyConstraint(["tenant_id", "sign_in_id"], ["sign_ins.tenant_id", "sign_ins.id"]),
    CheckConstraint("octet_length(hash) = 32", name="hash"),
    Index("ix_refresh_tokens_sign_in", "sign_in_id"),
    Index("uq_refresh_tokens_parent", "parent", unique=True),
)

profiles = Table(
    "profiles",
    metadata,
    Column("user_id", UUID, primary_key=True),
    _tenant(),
    Column("name", Text, nullable=False),
    Column("bio", Text, nullable=False, server_default=""),
    Column("country", Text, nullable=True),
    Column("time_zone", Text, nullable=False, server_default="UTC"),
    Column("languages", ARRAY(Text), nullable=False, server_default="{en}"),
    Column("skills", JSONB, nullable=False, server_default="{}"),
    Column("availability", JSONB, nullable=False, server_default="[]"),
    _time("updated_at", now=True),
    _version(),
    _of_user("user_id"),
    CheckConstraint("length(name) between 1 and 80", name="name"),
    CheckConstraint("char_length(bio) <= 2000", name="bio"),
    CheckConstraint("country ~ '^[A-Z]{2}$'", name="country"),
    CheckConstraint("jsonb_typeof(skills) = 'object'", name="skills"),
    CheckConstraint("jsonb_typeof(availability) = 'array'", name="availability"),
)

mentors = Table(
    "mentors",
    metadata,
    Column("user_id", UUID, primary_key=True),
    _tenant(),
    Column("headline", Text, nullable=False),
    Column("capacity", SmallInteger, nullable=False),
    Column("active_matches", SmallInteger, nullable=False, server_default="0"),
    Column("accepting", Boolean, nullable=False, server_default="true"),
    Column("experience_years", SmallInteger, nullable=False, server_default="0"),
    Column("rating_sum", Integer, nullable=False, server_default="0"),
    Column("rating_count", Integer, nullable=False, server_default="0"),
    Column("pool_version", BigInteger, nullable=False, server_default="0"),
    _time("created_at", now=True),
    _time("updated_at", now=True),
    _version(),
    _of_user("user_id"),
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
)

mentor_documents = Table(
    "mentor_documents",
    metadata,
    Column("mentor_id", UUID, primary_key=True),
    _tenant(),
    _time("created_at"),
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

pool_versions = Table(
    "pool_versions",
    metadata,
    _tenant(primary_key=True),
    Column("version", BigInteger, nullable=False, server_default="0"),
)

pool_seals = Table(
    "pool_seals",
    metadata,
    _tenant(primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("digest", BigInteger, nullable=False),
)

mentor_digests = Table(
    "mentor_digests",
    metadata,
    _tenant(primary_key=True),
    Column("mentor_id", UUID, primary_key=True),
    Column("digest", BigInteger, nullable=False),
    ForeignKeyConstraint(["tenant_id", "mentor_id"], ["mentors.tenant_id", "mentors.user_id"]),
)

# roadmaps and progress

roadmaps = Table(
    "roadmaps",
    metadata,
    _id(),
    _tenant(),
    Column("learner_id", UUID, nullable=False),
    Column("title", Text, nullable=False),
    Column("goal", Text, nullable=False),
    Column("domain_id", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("hours_per_week", SmallInteger, nullable=False),
    Column("known_skills", ARRAY(Text), nullable=False, server_default="{}"),
    Column("starts_on", Date, nullable=False),
    Column("status", Text, nullable=False),
    Column("author", Text, nullable=True),
    Column("reason", Text, nullable=True),
    Column("modules", JSONB, nullable=False, server_default="[]"),
    Column("percent", SmallInteger, nullable=False, server_default="0"),
    _time("created_at", now=True),
    _time("updated_at", now=True),
    _time("deleted_at", null=True),
    _version(),
    _of_user("learner_id"),
    UniqueConstraint("tenant_id", "id", "learner_id"),
    CheckConstraint("char_length(goal) between 1 and 500", name="goal"),
    CheckConstraint("level in ('beginner','intermediate','advanced')", name="level"),
    CheckConstraint("status in ('drafting','ready','failed')", name="status"),
    CheckConstraint("author in ('model','template')", name="author"),
    CheckConstraint("hours_per_week between 1 and 60", name="hours"),
    CheckConstraint("percent between 0 and 100", name="percent"),
    CheckConstraint("jsonb_typeof(modules) = 'array'", name="modules"),
    Index(
        "ix_roadmaps_learner_newest",
        "learner_id",
        text("created_at desc"),
        text("id desc"),
        postgresql_where=text("deleted_at is null"),
    ),
)

completions = Table(
    "completions",
    metadata,
    Column("roadmap_id", UUID, primary_key=True),
    Column("module_id", Text, primary_key=True),
    _tenant(),
    Column("learner_id", UUID, nullable=False),
    _time("completed_at"),
    # With the learner in the key, nobody can complete a module of somebody else's roadmap.
    ForeignKeyConstraint(
        ["tenant_id", "roadmap_id", "learner_id"],
        ["roadmaps.tenant_id", "roadmaps.id", "roadmaps.learner_id"],
    ),
    _of_user("learner_id"),
    Index("ix_completions_learner", "learner_id", "completed_at"),
)

# matching

matches = Table(
    "matches",
    metadata,
    _id(),
    _tenant(),
    Column("learner_id", UUID, nullable=False),
    Column("mentor_id", UUID, nullable=False),
    Column("status", Text, nullable=False),
    Column("message", Text, nullable=False, server_default=""),
    _time("requested_at"),
    _time("expires_at"),
    _time("answered_at", null=True),
    _time("ended_at", null=True),
    _time("updated_at", now=True),
    _version(),
    _of_user("learner_id"),
    ForeignKeyConstraint(["tenant_id", "mentor_id"], ["mentors.tenant_id", "mentors.user_id"]),
    CheckConstraint(
        "status in ('requested','active','declined','withdrawn','expired','completed','cancelled')",
        name="status",
    ),
    CheckConstraint("learner_id <> mentor_id", name="two_people"),
    CheckConstraint("length(message) <= 1000", name="message"),
    Index(
        "uq_matches_open_pair",
        "learner_id",
        "mentor_id",
        unique=True,
        postgresql_where=text("status in ('requested','active')"),
    ),
    Index("ix_matches_learner", "learner_id", text("requested_at desc"), text("id desc")),
    Index("ix_matches_mentor", "mentor_id", text("requested_at desc"), text("id desc")),
    Index(
        "ix_matches_waiting",
        "tenant_id",
        "expires_at",
        postgresql_where=text("status = 'requested'"),
    ),
)

cohort_runs = Table(
    "cohort_runs",
    metadata,
    _id(),
    _tenant(),
    Column("status", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("k", SmallInteger, nullable=True),
    Column("gap_ppm", Integer, nullable=True),
    Column("weights", JSONB, nullable=True),
    Column("deadline_ms", Integer, nullable=True),
    Column("learner_ids", ARRAY(UUID), nullable=True),
    Column("ordered_by", UUID, nullable=True),
    _time("ordered_at"),
    _time("proposed_at", null=True),
    Column("confirmed_by", UUID, nullable=True),
    _time("confirmed_at", null=True),
    _time("ended_at", null=True),
    _time("expires_at"),
    Column("outcome", JSONB, nullable=True),
    Column("applied", Integer, nullable=False, server_default="0"),
    Column("skipped", Integer, nullable=False, server_default="0"),
    Column("reason", Text, nullable=True),
    _time("updated_at", now=True),
    _version(),
    _of_user("ordered_by"),
    _of_user("confirmed_by"),
    UniqueConstraint("tenant_id", "id"),
    CheckConstraint(
        "status in ('queued','running','proposed','confirmed','applied','discarded','failed',"
        "'expired')",
        name="status",
    ),
    CheckConstraint("mode in ('optimal','fast','greedy','stable')", name="mode"),
    CheckConstraint("k between 1 and 100", name="k"),
    CheckConstraint("gap_ppm between 0 and 1000000", name="gap"),
    CheckConstraint("deadline_ms between 1 and 120000", name="deadline"),
    CheckConstraint("cardinality(learner_ids) between 1 and 100000", name="learners"),
    CheckConstraint("jsonb_typeof(weights) = 'object'", name="weights"),
    CheckConstraint("jsonb_typeof(outcome) = 'object'", name="outcome"),
    CheckConstraint("applied >= 0 and skipped >= 0", name="counts"),
    Index("ix_cohort_runs_newest", "tenant_id", text("ordered_at desc"), text("id desc")),
    Index(
        "ix_cohort_runs_open",
        "tenant_id",
        "expires_at",
        postgresql_where=text("status in ('queued','running','proposed')"),
    ),
)

placements = Table(
    "placements",
    metadata,
    Column("cohort_id", UUID, primary_key=True),
    Column("learner_id", UUID, primary_key=True),
    _tenant(),
    Column("mentor_id", UUID, nullable=True),
    Column("total", SmallInteger, nullable=False),
    Column("terms", JSONB, nullable=False),
    Column("reasons", ARRAY(Text), nullable=False),
    Column("state", Text, nullable=False),
    Column("because", Text, nullable=True),
    Column("match_id", UUID, ForeignKey("matches.id"), nullable=True),
    ForeignKeyConstraint(["tenant_id", "cohort_id"], ["cohort_runs.tenant_id", "cohort_runs.id"]),
    _of_user("learner_id"),
    ForeignKeyConstraint(["tenant_id", "mentor_id"], ["mentors.tenant_id", "mentors.user_id"]),
    CheckConstraint("total between 0 and 10000", name="total"),
    CheckConstraint("jsonb_typeof(terms) = 'object'", name="terms"),
    CheckConstraint("state in ('proposed','applied','skipped','unplaced')", name="state"),
    CheckConstraint("(because is not null) = (state in ('skipped','unplaced'))", name="because"),
    CheckConstraint("(mentor_id is null) = (state = 'unplaced')", name="mentor"),
    CheckConstraint("(match_id is not null) = (state = 'applied')", name="match"),
    Index("ix_placements_learner", "learner_id"),
    Index("ix_placements_mentor", "mentor_id"),
    Index(
        "ix_placements_waiting",
        "cohort_id",
        "learner_id",
        postgresql_where=text("state = 'proposed'"),
    ),
    Index("uq_placements_match", "match_id", unique=True),
)

# learning to rank

impressions = Table(
    "impressions",
    metadata,
    Column("showing_id", UUID, primary_key=True),
    Column("position", SmallInteger, primary_key=True, autoincrement=False),
    _tenant(),
    Column("learner_id", UUID, nullable=False),
    Column("mentor_id", UUID, nullable=False),
    Column("features", JSONB, nullable=False),
    Column("model", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("degraded", Boolean, nullable=False),
    _time("shown_at"),
    _of_user("learner_id"),
    ForeignKeyConstraint(["tenant_id", "mentor_id"], ["mentors.tenant_id", "mentors.user_id"]),
    CheckConstraint("position between 1 and 100", name="position"),
    CheckConstraint("jsonb_typeof(features) = 'object'", name="features"),
    CheckConstraint("source in ('matcher','fallback')", name="source"),
    Index("ix_impressions_tenant_time", "tenant_id", "shown_at", "showing_id", "position"),
    Index("ix_impressions_pair", "learner_id", "mentor_id", "shown_at"),
)

# gamification

awards = Table(
    "trophies",
    metadata,
    Column("user_id", UUID, primary_key=True),
    Column("badge_id", Text, primary_key=True),
    _tenant(),
    _time("awarded_at"),
    _of_user("user_id"),
)

# notifications

notices = Table(
    "notices",
    metadata,
    _id(),
    _tenant(),
    Column("user_id", UUID, nullable=False),
    Column("event_id", UUID, nullable=False),
    Column("kind", Text, nullable=False),
    Column("about", Text, nullable=False, server_default=""),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("link", Text, nullable=True),
    _time("created_at"),
    _time("read_at", null=True),
    _of_user("user_id"),
    UniqueConstraint("user_id", "event_id"),
    Index("ix_notices_user_newest", "user_id", text("created_at desc"), text("id desc")),
    Index("ix_notices_unread", "user_id", postgresql_where=text("read_at is null")),
    Index(
        "uq_notices_unread",
        "user_id",
        "kind",
        "about",
        unique=True,
        postgresql_where=text("read_at is null and about <> ''"),
    ),
)

# the event and job core

events = Table(
    "events",
    metadata,
    _id(),
    _tenant(),
    Column("name", Text, nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("actor_id", UUID, nullable=True),
    Column("request_id", Text, nullable=True),
    _time("at"),
    _time("recorded_at", now=True),
    UniqueConstraint("tenant_id", "id"),
    CheckConstraint("jsonb_typeof(payload) = 'object'", name="payload"),
    Index("ix_events_tenant_time", "tenant_id", "recorded_at"),
)

jobs = Table(
    "jobs",
    metadata,
    _id(),
    _tenant(),
    Column("kind", Text, nullable=False),
    Column("event_id", UUID, nullable=True),
    Column("slot", Text, nullable=True),
    Column("state", Text, nullable=False, server_default="ready"),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("lease", BigInteger, nullable=False, server_default="0"),
    _time("due_at", now=True),
    _time("lease_until", null=True),
    _time("created_at", now=True),
    _time("done_at", null=True),
    Column("error", Text, nullable=True),
    ForeignKeyConstraint(["tenant_id", "event_id"], ["events.tenant_id", "events.id"]),
    UniqueConstraint("kind", "event_id"),
    UniqueConstraint("tenant_id", "kind", "slot"),
    CheckConstraint("state in ('ready','running','done','dead')", name="state"),
    CheckConstraint("num_nonnulls(event_id, slot) = 1", name="cause"),
    Index(
        "ix_jobs_claimable",
        text("coalesce(lease_until, due_at)"),
        postgresql_where=text("state = 'ready' or state = 'running'"),
    ),
    Index("ix_jobs_state_newest", "state", text("created_at desc"), text("id desc")),
)

job_tallies = Table(
    "job_tallies",
    metadata,
    Column("id", UUID, primary_key=True, server_default=func.gen_random_uuid()),
    Column("done", BigInteger, nullable=False),
)

processes = Table(
    "processes",
    metadata,
    _id(),
    Column("part", Text, nullable=False),
    Column("version", Text, nullable=False),
    _time("started_at", now=True),
    _time("beat_at", now=True),
    CheckConstraint("part in ('api','worker')", name="part"),
)
