-- The tables of the first release; later changes are later migrations.

CREATE TABLE tenants (
    id UUID NOT NULL,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_tenants PRIMARY KEY (id),
    CONSTRAINT ck_tenants_slug CHECK (slug ~ '^[a-z0-9][a-z0-9-]{1,62}$'),
    CONSTRAINT uq_tenants_slug UNIQUE (slug)
);

CREATE TABLE events (
    id UUID NOT NULL,
    tenant_id UUID NOT NULL,
    name TEXT NOT NULL,
    payload JSONB NOT NULL,
    actor_id UUID,
    request_id TEXT,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_events PRIMARY KEY (id),
    CONSTRAINT uq_events_tenant_id_id UNIQUE (tenant_id, id),
    CONSTRAINT ck_events_payload CHECK (jsonb_typeof(payload) = 'object'),
    CONSTRAINT fk_events_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id)
);

CREATE INDEX ix_events_tenant_time ON events (tenant_id, recorded_at);

CREATE TABLE pool_versions (
    tenant_id UUID NOT NULL,
    version BIGINT DEFAULT '0' NOT NULL,
    CONSTRAINT pk_pool_versions PRIMARY KEY (tenant_id),
    CONSTRAINT fk_pool_versions_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id)
);

CREATE TABLE users (
    id UUID NOT NULL,
    tenant_id UUID NOT NULL,
    email TEXT NOT NULL,
    email_verified_at TIMESTAMP WITH TIME ZONE,
    password_hash TEXT NOT NULL,
    roles TEXT[] DEFAULT '{learner}' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    deleted_at TIMESTAMP WITH TIME ZONE,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_users PRIMARY KEY (id),
    CONSTRAINT uq_users_tenant_id_id UNIQUE (tenant_id, id),
    CONSTRAINT ck_users_email CHECK (email = lower(email) and length(email) <= 254),
    CONSTRAINT ck_users_roles CHECK (roles <@ '{learner,mentor,moderator,admin}'),
    CONSTRAINT fk_users_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id)
);

CREATE UNIQUE INDEX uq_users_living_email ON users (tenant_id, email) WHERE deleted_at is null;

CREATE TABLE jobs (
    id UUID NOT NULL,
    tenant_id UUID NOT NULL,
    kind TEXT NOT NULL,
    event_id UUID,
    slot TEXT,
    state TEXT DEFAULT 'ready' NOT NULL,
    attempts SMALLINT DEFAULT '0' NOT NULL,
    lease BIGINT DEFAULT '0' NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    lease_until TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    done_at TIMESTAMP WITH TIME ZONE,
    error TEXT,
    CONSTRAINT pk_jobs PRIMARY KEY (id),
    CONSTRAINT fk_jobs_tenant_id_event_id FOREIGN KEY(tenant_id, event_id) REFERENCES events (tenant_id, id),
    CONSTRAINT uq_jobs_kind_event_id UNIQUE (kind, event_id),
    CONSTRAINT uq_jobs_tenant_id_kind_slot UNIQUE (tenant_id, kind, slot),
    CONSTRAINT ck_jobs_state CHECK (state in ('ready','running','done','dead')),
    CONSTRAINT ck_jobs_cause CHECK (num_nonnulls(event_id, slot) = 1),
    CONSTRAINT fk_jobs_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id)
);

CREATE INDEX ix_jobs_claimable ON jobs (coalesce(lease_until, due_at)) WHERE state = 'ready' or state = 'running';

CREATE TABLE mentors (
    user_id UUID NOT NULL,
    tenant_id UUID NOT NULL,
    headline TEXT NOT NULL,
    capacity SMALLINT NOT NULL,
    active_matches SMALLINT DEFAULT '0' NOT NULL,
    accepting BOOLEAN DEFAULT 'true' NOT NULL,
    experience_years SMALLINT DEFAULT '0' NOT NULL,
    rating_sum INTEGER DEFAULT '0' NOT NULL,
    rating_count INTEGER DEFAULT '0' NOT NULL,
    pool_version BIGINT DEFAULT '0' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_mentors PRIMARY KEY (user_id),
    CONSTRAINT fk_mentors_tenant_id_user_id FOREIGN KEY(tenant_id, user_id) REFERENCES users (tenant_id, id),
    CONSTRAINT uq_mentors_tenant_id_user_id UNIQUE (tenant_id, user_id),
    CONSTRAINT ck_mentors_capacity CHECK (capacity between 1 and 50),
    CONSTRAINT ck_mentors_load CHECK (active_matches between 0 and capacity),
    CONSTRAINT ck_mentors_experience CHECK (experience_years between 0 and 60),
    CONSTRAINT fk_mentors_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id)
);

CREATE INDEX ix_mentors_tenant_pool ON mentors (tenant_id, pool_version);

CREATE TABLE notices (
    id UUID NOT NULL,
    tenant_id UUID NOT NULL,
    user_id UUID NOT NULL,
    event_id UUID NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    link TEXT,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    read_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_notices PRIMARY KEY (id),
    CONSTRAINT fk_notices_tenant_id_user_id FOREIGN KEY(tenant_id, user_id) REFERENCES users (tenant_id, id),
    CONSTRAINT uq_notices_user_id_event_id UNIQUE (user_id, event_id),
    CONSTRAINT fk_notices_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id)
);

CREATE INDEX ix_notices_unread ON notices (user_id) WHERE read_at is null;
CREATE INDEX ix_notices_user_newest ON notices (user_id, created_at desc, id desc);

CREATE TABLE profiles (
    user_id UUID NOT NULL,
    tenant_id UUID NOT NULL,
    name TEXT NOT NULL,
    bio TEXT DEFAULT '' NOT NULL,
    country TEXT,
    time_zone TEXT DEFAULT 'UTC' NOT NULL,
    languages TEXT[] DEFAULT '{en}' NOT NULL,
    skills JSONB DEFAULT '{}' NOT NULL,
    availability JSONB DEFAULT '[]' NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_profiles PRIMARY KEY (user_id),
    CONSTRAINT fk_profiles_tenant_id_user_id FOREIGN KEY(tenant_id, user_id) REFERENCES users (tenant_id, id),
    CONSTRAINT ck_profiles_name CHECK (length(name) between 1 and 80),
    CONSTRAINT ck_profiles_country CHECK (country ~ '^[A-Z]{2}$'),
    CONSTRAINT ck_profiles_skills CHECK (jsonb_typeof(skills) = 'object'),
    CONSTRAINT ck_profiles_availability CHECK (jsonb_typeof(availability) = 'array'),
    CONSTRAINT fk_profiles_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id)
);

CREATE TABLE roadmaps (
    id UUID NOT NULL,
    tenant_id UUID NOT NULL,
    learner_id UUID NOT NULL,
    title TEXT NOT NULL,
    goal TEXT NOT NULL,
    domain_id TEXT NOT NULL,
    level TEXT NOT NULL,
    hours_per_week SMALLINT NOT NULL,
    known_skills TEXT[] DEFAULT '{}' NOT NULL,
    starts_on DATE NOT NULL,
    status TEXT NOT NULL,
    author TEXT,
    reason TEXT,
    modules JSONB DEFAULT '[]' NOT NULL,
    percent SMALLINT DEFAULT '0' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    deleted_at TIMESTAMP WITH TIME ZONE,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_roadmaps PRIMARY KEY (id),
    CONSTRAINT fk_roadmaps_tenant_id_learner_id FOREIGN KEY(tenant_id, learner_id) REFERENCES users (tenant_id, id),
    CONSTRAINT uq_roadmaps_tenant_id_id_learner_id UNIQUE (tenant_id, id, learner_id),
    CONSTRAINT ck_roadmaps_level CHECK (level in ('beginner','intermediate','advanced')),
    CONSTRAINT ck_roadmaps_status CHECK (status in ('drafting','ready','failed')),
    CONSTRAINT ck_roadmaps_author CHECK (author in ('model','template')),
    CONSTRAINT ck_roadmaps_hours CHECK (hours_per_week between 1 and 60),
    CONSTRAINT ck_roadmaps_percent CHECK (percent between 0 and 100),
    CONSTRAINT ck_roadmaps_modules CHECK (jsonb_typeof(modules) = 'array'),
    CONSTRAINT fk_roadmaps_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id)
);

CREATE INDEX ix_roadmaps_learner_newest ON roadmaps (learner_id, created_at desc, id desc) WHERE deleted_at is null;

CREATE TABLE sign_ins (
    id UUID NOT NULL,
    tenant_id UUID NOT NULL,
    user_id UUID NOT NULL,
    device TEXT DEFAULT '' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_sign_ins PRIMARY KEY (id),
    CONSTRAINT fk_sign_ins_tenant_id_user_id FOREIGN KEY(tenant_id, user_id) REFERENCES users (tenant_id, id),
    CONSTRAINT uq_sign_ins_tenant_id_id UNIQUE (tenant_id, id),
    CONSTRAINT fk_sign_ins_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id)
);

CREATE INDEX ix_sign_ins_user ON sign_ins (user_id);

CREATE TABLE trophies (
    user_id UUID NOT NULL,
    badge_id TEXT NOT NULL,
    tenant_id UUID NOT NULL,
    awarded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_trophies PRIMARY KEY (user_id, badge_id),
    CONSTRAINT fk_trophies_tenant_id_user_id FOREIGN KEY(tenant_id, user_id) REFERENCES users (tenant_id, id),
    CONSTRAINT fk_trophies_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id)
);

CREATE TABLE completions (
    roadmap_id UUID NOT NULL,
    module_id TEXT NOT NULL,
    tenant_id UUID NOT NULL,
    learner_id UUID NOT NULL,
    completed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_completions PRIMARY KEY (roadmap_id, module_id),
    CONSTRAINT fk_completions_tenant_id_roadmap_id_learner_id FOREIGN KEY(tenant_id, roadmap_id, learner_id) REFERENCES roadmaps (tenant_id, id, learner_id),
    CONSTRAINT fk_completions_tenant_id_learner_id FOREIGN KEY(tenant_id, learner_id) REFERENCES users (tenant_id, id),
    CONSTRAINT fk_completions_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id)
);

CREATE INDEX ix_completions_learner ON completions (learner_id, completed_at);

CREATE TABLE matches (
    id UUID NOT NULL,
    tenant_id UUID NOT NULL,
    learner_id UUID NOT NULL,
    mentor_id UUID NOT NULL,
    status TEXT NOT NULL,
    message TEXT DEFAULT '' NOT NULL,
    requested_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    answered_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_matches PRIMARY KEY (id),
    CONSTRAINT fk_matches_tenant_id_learner_id FOREIGN KEY(tenant_id, learner_id) REFERENCES users (tenant_id, id),
    CONSTRAINT fk_matches_tenant_id_mentor_id FOREIGN KEY(tenant_id, mentor_id) REFERENCES mentors (tenant_id, user_id),
    CONSTRAINT ck_matches_status CHECK (status in ('requested','active','declined','withdrawn','expired','completed','cancelled')),
    CONSTRAINT ck_matches_two_people CHECK (learner_id <> mentor_id),
    CONSTRAINT ck_matches_message CHECK (length(message) <= 1000),
    CONSTRAINT fk_matches_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id)
);

CREATE INDEX ix_matches_learner ON matches (learner_id, requested_at desc, id desc);
CREATE INDEX ix_matches_mentor ON matches (mentor_id, requested_at desc, id desc);
CREATE INDEX ix_matches_waiting ON matches (tenant_id, expires_at) WHERE status = 'requested';
CREATE UNIQUE INDEX uq_matches_open_pair ON matches (learner_id, mentor_id) WHERE status in ('requested','active');

CREATE TABLE refresh_tokens (
    hash BYTEA NOT NULL,
    tenant_id UUID NOT NULL,
    sign_in_id UUID NOT NULL,
    parent BYTEA,
    issued_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_refresh_tokens PRIMARY KEY (hash),
    CONSTRAINT fk_refresh_tokens_tenant_id_sign_in_id FOREIGN KEY(tenant_id, sign_in_id) REFERENCES sign_ins (tenant_id, id),
    CONSTRAINT ck_refresh_tokens_hash CHECK (octet_length(hash) = 32),
    CONSTRAINT fk_refresh_tokens_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id)
);

CREATE INDEX ix_refresh_tokens_sign_in ON refresh_tokens (sign_in_id);
CREATE UNIQUE INDEX uq_refresh_tokens_parent ON refresh_tokens (parent);

