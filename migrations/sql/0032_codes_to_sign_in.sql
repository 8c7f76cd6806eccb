-- A mail may hold a code to sign in by, too, and that of a registration a code beside its link, whose
-- tries are counted here before it is looked at. What the check forbids is less than before.

-- squawk-ignore ban-drop-constraint
alter table one_time_proofs drop constraint ck_one_time_proofs_purpose;
-- squawk-ignore constraint-missing-not-valid
alter table one_time_proofs add constraint ck_one_time_proofs_purpose
    check (purpose in ('reset_password', 'change_address', 'sign_in'));
alter table registrations add column tries SMALLINT default '0' not null;
-- squawk-ignore constraint-missing-not-valid
alter table registrations add constraint ck_registrations_tries check (tries between 0 and 5);
