-- Identities of others: who an account is at a provider, by issuer and subject alone. What was begun at a
-- provider waits here for ten minutes; the secrets of it are derived from its id and stand nowhere. An
-- account may have no password: it signs in by an identity.

create table identities (
    id UUID not null,
    tenant_id UUID not null,
    user_id UUID not null,
    issuer TEXT not null,
    subject TEXT not null,
    created_at TIMESTAMP WITH TIME ZONE not null,
    constraint pk_identities primary key (id),
    constraint fk_identities_tenant_id foreign key (tenant_id) references tenants (id),
    constraint fk_identities_tenant_id_user_id
        foreign key (tenant_id, user_id) references users (tenant_id, id),
    constraint uq_identities_tenant_id_issuer_subject unique (tenant_id, issuer, subject),
    constraint uq_identities_tenant_id_user_id_issuer unique (tenant_id, user_id, issuer),
    constraint ck_identities_issuer check (length(issuer) <= 500),
    constraint ck_identities_subject check (length(subject) between 1 and 255)
);

create table authorization_requests (
    id UUID not null,
    tenant_id UUID not null,
    provider TEXT not null,
    binding BYTEA not null,
    user_id UUID,
    return_to TEXT,
    expires_at TIMESTAMP WITH TIME ZONE not null,
    constraint pk_authorization_requests primary key (id),
    constraint fk_authorization_requests_tenant_id foreign key (tenant_id) references tenants (id),
    constraint fk_authorization_requests_tenant_id_user_id
        foreign key (tenant_id, user_id) references users (tenant_id, id),
    constraint ck_authorization_requests_binding check (octet_length(binding) = 32)
);

create index ix_authorization_requests_expiry on authorization_requests (tenant_id, expires_at);

-- squawk-ignore ban-drop-not-null
alter table users alter column password_hash drop not null;
