-- What an authenticator app shares with us, sealed, and the recovery codes that are left, as digests.
-- A row counts once a code of it was confirmed; each step of the app's codes is accepted once.

create table second_factors (
    user_id UUID not null,
    tenant_id UUID not null,
    sealed_secret BYTEA not null,
    confirmed_at TIMESTAMP WITH TIME ZONE,
    last_step BIGINT,
    recovery_codes BYTEA[] default '{}' not null,
    constraint pk_second_factors primary key (user_id),
    constraint fk_second_factors_tenant_id foreign key (tenant_id) references tenants (id),
    constraint fk_second_factors_tenant_id_user_id
        foreign key (tenant_id, user_id) references users (tenant_id, id),
    constraint ck_second_factors_recovery_codes check (cardinality(recovery_codes) <= 10)
);
