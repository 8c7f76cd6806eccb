-- Tokens that programs act with for a person, or, nobody's, for the tenant: by their SHA-256, for 256 random bits are out of reach of
-- guessing. One that was ended stays for a day, so that every process can be told of it.

create table api_tokens (
    id UUID not null,
    tenant_id UUID not null,
    user_id UUID,
    name TEXT not null,
    hash BYTEA not null,
    scopes TEXT[] not null,
    created_at TIMESTAMP WITH TIME ZONE default now() not null,
    expires_at TIMESTAMP WITH TIME ZONE not null,
    last_used_at TIMESTAMP WITH TIME ZONE,
    revoked_at TIMESTAMP WITH TIME ZONE,
    constraint pk_api_tokens primary key (id),
    constraint fk_api_tokens_tenant_id foreign key (tenant_id) references tenants (id),
    constraint fk_api_tokens_tenant_id_user_id
        foreign key (tenant_id, user_id) references users (tenant_id, id),
    constraint ck_api_tokens_hash check (octet_length(hash) = 32),
    constraint ck_api_tokens_name check (name ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
    constraint ck_api_tokens_scopes check (cardinality(scopes) > 0),
    constraint ck_api_tokens_life check (expires_at <= created_at + interval '365 days')
);

create unique index uq_api_tokens_hash on api_tokens (hash);
create unique index uq_api_tokens_name on api_tokens (tenant_id, user_id, name)
where revoked_at is null;
create unique index uq_api_tokens_service on api_tokens (tenant_id, name)
where user_id is null and revoked_at is null;
create index ix_api_tokens_end on api_tokens (tenant_id, expires_at);
