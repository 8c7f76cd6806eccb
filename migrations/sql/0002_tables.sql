-- Cohort runs and what they found. `skillbridge.adapters.postgres.tables` says the same, and a
-- test compares the two.

CREATE TABLE cohort_runs (
    id UUID NOT NULL,
    tenant_id UUID NOT NULL,
    status TEXT NOT NULL,
    mode TEXT NOT NULL,
    k SMALLINT,
    gap_ppm INTEGER,
    weights JSONB,
    deadline_ms INTEGER,
    learner_ids UUID[],
    ordered_by UUID,
    ordered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE,
    confirmed_by UUID,
    confirmed_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    outcome JSONB,
    applied INTEGER DEFAULT '0' NOT NULL,
    skipped INTEGER DEFAULT '0' NOT NULL,
    reason TEXT,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_cohort_runs PRIMARY KEY (id),
    CONSTRAINT fk_cohort_runs_tenant_id_ordered_by FOREIGN KEY(tenant_id, ordered_by) REFERENCES users (tenant_id, id),
    CONSTRAINT fk_cohort_runs_tenant_id_confirmed_by FOREIGN KEY(tenant_id, confirmed_by) REFERENCES users (tenant_id, id),
    CONSTRAINT uq_cohort_runs_tenant_id_id UNIQUE (tenant_id, id),
    CONSTRAINT ck_cohort_runs_status CHECK (status in ('queued','running','proposed','confirmed','applied','discarded','failed','expired')),
    CONSTRAINT ck_cohort_runs_mode CHECK (mode in ('optimal','fast','greedy','stable')),
    CONSTRAINT ck_cohort_runs_k CHECK (k between 1 and 100),
    CONSTRAINT ck_cohort_runs_gap CHECK (gap_ppm between 0 and 1000000),
    CONSTRAINT ck_cohort_runs_deadline CHECK (deadline_ms between 1 and 120000),
    CONSTRAINT ck_cohort_runs_learners CHECK (cardinality(learner_ids) between 1 and 100000),
    CONSTRAINT ck_cohort_runs_weights CHECK (jsonb_typeof(weights) = 'object'),
    CONSTRAINT ck_cohort_runs_outcome CHECK (jsonb_typeof(outcome) = 'object'),
    CONSTRAINT ck_cohort_runs_counts CHECK (applied >= 0 and skipped >= 0),
    CONSTRAINT fk_cohort_runs_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id)
);

CREATE INDEX ix_cohort_runs_newest ON cohort_runs (tenant_id, ordered_at desc, id desc);
CREATE INDEX ix_cohort_runs_open ON cohort_runs (tenant_id, expires_at) WHERE status in ('queued','running','proposed');

CREATE TABLE placements (
    cohort_id UUID NOT NULL,
    learner_id UUID NOT NULL,
    tenant_id UUID NOT NULL,
    mentor_id UUID,
    total SMALLINT NOT NULL,
    terms JSONB NOT NULL,
    reasons TEXT[] NOT NULL,
    state TEXT NOT NULL,
    because TEXT,
    match_id UUID,
    CONSTRAINT pk_placements PRIMARY KEY (cohort_id, learner_id),
    CONSTRAINT fk_placements_tenant_id_cohort_id FOREIGN KEY(tenant_id, cohort_id) REFERENCES cohort_runs (tenant_id, id),
    CONSTRAINT fk_placements_tenant_id_learner_id FOREIGN KEY(tenant_id, learner_id) REFERENCES users (tenant_id, id),
    CONSTRAINT fk_placements_tenant_id_mentor_id FOREIGN KEY(tenant_id, mentor_id) REFERENCES mentors (tenant_id, user_id),
    CONSTRAINT fk_placements_match_id FOREIGN KEY(match_id) REFERENCES matches (id),
    CONSTRAINT ck_placements_total CHECK (total between 0 and 10000),
    CONSTRAINT ck_placements_terms CHECK (jsonb_typeof(terms) = 'object'),
    CONSTRAINT ck_placements_state CHECK (state in ('proposed','applied','skipped','unplaced')),
    CONSTRAINT ck_placements_because CHECK ((because is not null) = (state in ('skipped','unplaced'))),
    CONSTRAINT ck_placements_mentor CHECK ((mentor_id is null) = (state = 'unplaced')),
    CONSTRAINT ck_placements_match CHECK ((match_id is not null) = (state = 'applied')),
    CONSTRAINT fk_placements_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenants (id)
);

CREATE INDEX ix_placements_learner ON placements (learner_id);
CREATE INDEX ix_placements_mentor ON placements (mentor_id);
CREATE INDEX ix_placements_waiting ON placements (cohort_id, learner_id) WHERE state = 'proposed';
CREATE UNIQUE INDEX uq_placements_match ON placements (match_id);
