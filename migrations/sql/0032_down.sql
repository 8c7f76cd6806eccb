-- Codes that were mailed to sign in by serve no more after this: sign in by the password. Those of
-- registrations do not either: their links serve on.

delete from one_time_proofs where purpose = 'sign_in';
-- squawk-ignore ban-drop-constraint
alter table one_time_proofs drop constraint ck_one_time_proofs_purpose;
-- squawk-ignore constraint-missing-not-valid
alter table one_time_proofs add constraint ck_one_time_proofs_purpose
    check (purpose in ('reset_password', 'change_address'));
alter table registrations drop column tries;
