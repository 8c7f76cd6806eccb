-- What people ask of what is kept of them: a register of requests with their clocks, and the archive of an export until
-- it runs out.

create table privacy_requests (
    id UUID not null,
    tenant_id UUID not null,
    user_id UUID not null,
    kind TEXT not null,
    state TEXT default 'waiting' not null,
    asked_at TIMESTAMP WITH TIME ZONE not null,
    due_at TIMESTAMP WITH TIME ZONE not null,
    acts_at TIMESTAMP WITH TIME ZONE not null,
    ended_at TIMESTAMP WITH TIME ZONE,
    address TEXT,
    receipts JSONB default '{}' not null,
    certificate TEXT,
    constraint pk_privacy_requests primary key (id),
    constraint fk_privacy_requests_tenant_id foreign key (tenant_id) references tenants (id),
    constraint fk_privacy_requests_tenant_id_user_id
        foreign key (tenant_id, user_id) references users (tenant_id, id),
    constraint ck_privacy_requests_kind check (
        kind in ('export','erasure','rectification','restriction','objection','grievance')
    ),
    constraint ck_privacy_requests_state check (
        state in ('waiting','running','done','cancelled','refused')
    ),
    constraint ck_privacy_requests_ended check (
        (ended_at is null) = (state in ('waiting','running'))
    ),
    constraint ck_privacy_requests_address check (address is null or state = 'running'),
    constraint ck_privacy_requests_receipts check (jsonb_typeof(receipts) = 'object')
);

create unique index uq_privacy_requests_open on privacy_requests (tenant_id, user_id, kind)
where state in ('waiting','running');
create index ix_privacy_requests_user on privacy_requests (user_id, asked_at desc);
create index ix_privacy_requests_due on privacy_requests (tenant_id, due_at)
where ended_at is null;

create table exports (
    user_id UUID not null,
    tenant_id UUID not null,
    request_id UUID not null,
    archive BYTEA not null,
    expires_at TIMESTAMP WITH TIME ZONE not null,
    constraint pk_exports primary key (user_id),
    constraint fk_exports_tenant_id foreign key (tenant_id) references tenants (id),
    constraint fk_exports_tenant_id_user_id
        foreign key (tenant_id, user_id) references users (tenant_id, id)
);

create index ix_exports_expiry on exports (tenant_id, expires_at);
