-- Phones of accounts, to which codes may be sent by SMS: the number is sealed, and beside it stands a blind index,
-- by which the accounts that share one are counted. A text is begun here before it is sent, so that none is sent
-- twice. Second factors may be codes by SMS.

create table phones (
    id UUID not null,
    tenant_id UUID not null,
    user_id UUID not null,
    sealed_number BYTEA not null,
    number_index BYTEA not null,
    verified_at TIMESTAMP WITH TIME ZONE,
    text_id UUID,
    text_state TEXT,
    constraint pk_phones primary key (id),
    constraint fk_phones_tenant_id foreign key (tenant_id) references tenants (id),
    constraint fk_phones_tenant_id_user_id
        foreign key (tenant_id, user_id) references users (tenant_id, id),
    constraint ck_phones_number_index check (octet_length(number_index) = 32),
    constraint ck_phones_text_state
        check (text_state in ('sending', 'waiting', 'sent', 'unknown', 'refused')),
    constraint ck_phones_text check ((text_id is null) = (text_state is null))
);
create unique index uq_phones_verified on phones (tenant_id, user_id) where verified_at is not null;
create unique index uq_phones_waiting on phones (tenant_id, user_id) where verified_at is null;
create index ix_phones_number on phones (tenant_id, number_index) where verified_at is not null;

-- squawk-ignore ban-drop-constraint
alter table one_time_proofs drop constraint ck_one_time_proofs_purpose;
-- squawk-ignore constraint-missing-not-valid
alter table one_time_proofs add constraint ck_one_time_proofs_purpose
    check (
        purpose in (
            'reset_password', 'change_address', 'sign_in', 'set_up_factor', 'second_factor', 'step_up',
            'verify_phone', 'set_up_sms', 'sms_second_factor', 'sms_step_up'
        )
    );
-- squawk-ignore ban-drop-constraint
alter table second_factors drop constraint ck_second_factors_kind;
-- squawk-ignore constraint-missing-not-valid
alter table second_factors add constraint ck_second_factors_kind check (kind in ('app', 'email', 'sms'));
