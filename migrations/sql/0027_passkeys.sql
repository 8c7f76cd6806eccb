-- Passkeys of accounts: what is kept of each is public, and a credential is known once in the whole
-- installation, so that none signs in to two accounts. And challenges that were answered, each once, kept
-- until they would be too old anyway.

create table passkeys (
    id UUID not null,
    tenant_id UUID not null,
    user_id UUID not null,
    credential_id BYTEA not null,
    public_key BYTEA not null,
    sign_count BIGINT not null,
    synced BOOLEAN not null,
    name TEXT not null,
    created_at TIMESTAMP WITH TIME ZONE not null,
    last_used_at TIMESTAMP WITH TIME ZONE,
    constraint pk_passkeys primary key (id),
    constraint fk_passkeys_tenant_id foreign key (tenant_id) references tenants (id),
    constraint fk_passkeys_tenant_id_user_id
        foreign key (tenant_id, user_id) references users (tenant_id, id),
    constraint ck_passkeys_credential_id check (octet_length(credential_id) between 1 and 1023),
    constraint ck_passkeys_public_key check (octet_length(public_key) <= 1024),
    constraint ck_passkeys_sign_count check (sign_count between 0 and 4294967295),
    constraint ck_passkeys_name check (char_length(name) between 1 and 50)
);

create unique index uq_passkeys_credential_id on passkeys (credential_id);
create index ix_passkeys_user on passkeys (tenant_id, user_id, created_at);

create table spent_challenges (
    nonce BYTEA not null,
    tenant_id UUID not null,
    expires_at TIMESTAMP WITH TIME ZONE not null,
    constraint pk_spent_challenges primary key (nonce),
    constraint fk_spent_challenges_tenant_id foreign key (tenant_id) references tenants (id),
    constraint ck_spent_challenges_nonce check (octet_length(nonce) = 16)
);

create index ix_spent_challenges_expiry on spent_challenges (tenant_id, expires_at);
