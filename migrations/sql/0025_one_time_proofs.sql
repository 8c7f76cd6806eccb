-- A mail that is answered once: a password is set anew, or another address confirmed, by whoever reads
-- it. What opens a proof is derived from its id and stands nowhere; the tries of its code are counted
-- here before it is looked at. Used ones stay for a day, for the mail to the address that was.

create table one_time_proofs (
    id UUID not null,
    tenant_id UUID not null,
    purpose TEXT not null,
    user_id UUID,
    email TEXT,
    former_email TEXT,
    tries SMALLINT default '0' not null,
    created_at TIMESTAMP WITH TIME ZONE default now() not null,
    expires_at TIMESTAMP WITH TIME ZONE not null,
    used_at TIMESTAMP WITH TIME ZONE,
    constraint pk_one_time_proofs primary key (id),
    constraint fk_one_time_proofs_tenant_id foreign key (tenant_id) references tenants (id),
    constraint fk_one_time_proofs_tenant_id_user_id
        foreign key (tenant_id, user_id) references users (tenant_id, id),
    constraint ck_one_time_proofs_purpose check (purpose in ('reset_password', 'change_address')),
    constraint ck_one_time_proofs_email check (email = lower(email) and length(email) <= 254),
    constraint ck_one_time_proofs_tries check (tries between 0 and 5),
    constraint ck_one_time_proofs_addresses check (
        (email is null) = (purpose <> 'change_address') and (email is null) = (former_email is null)
    )
);

create unique index uq_one_time_proofs_open on one_time_proofs (tenant_id, user_id, purpose)
where used_at is null;
create index ix_one_time_proofs_expiry on one_time_proofs (tenant_id, expires_at);
