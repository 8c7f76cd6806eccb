-- Who did what to whom: a row for each thing done, and a chain of seals over the rows of a tenant. Rows
-- stand by month, so that a term is kept without deleting any.

create table audit_entries (
    id UUID not null,
    tenant_id UUID not null,
    at TIMESTAMP WITH TIME ZONE default clock_timestamp() not null,
    action TEXT not null,
    category TEXT not null,
    actor_kind TEXT not null,
    actor_id UUID,
    subject_id UUID,
    operator TEXT,
    network TEXT,
    request_id TEXT,
    correlation_id TEXT,
    details JSONB not null,
    n BIGINT,
    hash BYTEA,
    sealed_at TIMESTAMP WITH TIME ZONE,
    constraint pk_audit_entries primary key (tenant_id, at, id),
    constraint fk_audit_entries_tenant_id foreign key (tenant_id) references tenants (id),
    constraint ck_audit_entries_category
        check (category in ('authentication', 'configuration', 'iam', 'intrusion_detection')),
    constraint ck_audit_entries_actor_kind
        check (actor_kind in ('person', 'nobody', 'system', 'operator', 'service')),
    constraint ck_audit_entries_details check (jsonb_typeof(details) = 'object'),
    constraint ck_audit_entries_hash check (octet_length(hash) = 32),
    constraint ck_audit_entries_seal check (num_nonnulls(n, hash, sealed_at) in (0, 3))
) partition by range (at);

create index ix_audit_entries_action on audit_entries (tenant_id, action, at, id);
create index ix_audit_entries_actor on audit_entries (actor_id, at, id) where actor_id is not null;
create index ix_audit_entries_subject on audit_entries (subject_id, at, id) where subject_id is not null;
create index ix_audit_entries_waiting on audit_entries (tenant_id, at, id) where n is null;
create index ix_audit_entries_place on audit_entries (tenant_id, n) where n is not null;

create table audit_heads (
    tenant_id UUID not null,
    n BIGINT not null,
    hash BYTEA not null,
    constraint pk_audit_heads primary key (tenant_id),
    constraint fk_audit_heads_tenant_id foreign key (tenant_id) references tenants (id),
    constraint ck_audit_heads_hash check (octet_length(hash) = 32)
);
