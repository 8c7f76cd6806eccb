-- Codes that were mailed to sign in by serve no more after this: sign in by the password.

delete from one_time_proofs where purpose = 'sign_in';
alter table one_time_proofs
    drop constraint ck_one_time_proofs_purpose,
    add constraint ck_one_time_proofs_purpose check (purpose in ('reset_password', 'change_address'));
