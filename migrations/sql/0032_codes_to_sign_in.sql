-- A mail may hold a code to sign in by, too, or that of a second factor where its owner chose so; and the
-- mail of a registration a code beside its link, whose tries are counted here before it is looked at. What
-- the check of purposes forbids is less than before.

-- squawk-ignore ban-drop-constraint
alter table one_time_proofs drop constraint ck_one_time_proofs_purpose;
-- squawk-ignore constraint-missing-not-valid
alter table one_time_proofs add constraint ck_one_time_proofs_purpose
    check (
        purpose in (
            'reset_password', 'change_address', 'sign_in', 'set_up_factor', 'second_factor', 'step_up'
        )
    );
alter table registrations add column tries SMALLINT default '0' not null;
alter table registrations add column mailed BOOLEAN default true not null;
-- squawk-ignore constraint-missing-not-valid
alter table registrations add constraint ck_registrations_tries check (tries between 0 and 5);
alter table second_factors add column kind TEXT default 'app' not null;
alter table second_factors add column same_mailbox BOOLEAN default false not null;
-- squawk-ignore constraint-missing-not-valid
alter table second_factors add constraint ck_second_factors_kind check (kind in ('app', 'email'));
-- squawk-ignore constraint-missing-not-valid
alter table second_factors add constraint ck_second_factors_sealed_secret
    check ((kind = 'app') = (octet_length(sealed_secret) > 0));
