-- A mail may hold a code to sign in by, too.

alter table one_time_proofs
    drop constraint ck_one_time_proofs_purpose,
    add constraint ck_one_time_proofs_purpose
        check (purpose in ('reset_password', 'change_address', 'sign_in'));
