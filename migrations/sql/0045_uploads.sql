-- Files of people: what is on its way and how much of it is here, and whose picture is which. The bytes are not in the
-- database.

create table uploads (
    id UUID not null,
    tenant_id UUID not null,
    user_id UUID not null,
    purpose TEXT not null,
    state TEXT default 'receiving' not null,
    size BIGINT not null,
    received BIGINT default '0' not null,
    parts TEXT [] default '{}' not null,
    reason TEXT,
    expires_at TIMESTAMP WITH TIME ZONE not null,
    constraint pk_uploads primary key (id),
    constraint fk_uploads_tenant_id foreign key (tenant_id) references tenants (id),
    constraint fk_uploads_tenant_id_user_id
        foreign key (tenant_id, user_id) references users (tenant_id, id),
    constraint ck_uploads_purpose check (purpose in ('avatar')),
    constraint ck_uploads_state check (state in ('receiving','received','done','refused')),
    constraint ck_uploads_size check (size > 0),
    constraint ck_uploads_received check (received between 0 and size),
    constraint ck_uploads_filled check ((received = size) = (state <> 'receiving')),
    constraint ck_uploads_reason check ((reason is not null) = (state = 'refused'))
);

create index ix_uploads_user on uploads (user_id, expires_at);
create index ix_uploads_expiry on uploads (tenant_id, expires_at);

create table avatars (
    user_id UUID not null,
    tenant_id UUID not null,
    id UUID not null,
    small INTEGER not null,
    large INTEGER not null,
    changed_at TIMESTAMP WITH TIME ZONE not null,
    constraint pk_avatars primary key (user_id),
    constraint fk_avatars_tenant_id foreign key (tenant_id) references tenants (id),
    constraint fk_avatars_tenant_id_user_id
        foreign key (tenant_id, user_id) references users (tenant_id, id),
    constraint uq_avatars_id unique (id),
    constraint ck_avatars_small check (small > 0),
    constraint ck_avatars_large check (large > 0)
);
