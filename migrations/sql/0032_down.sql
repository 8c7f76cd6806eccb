-- Codes that were mailed to sign in by serve no more after this: sign in by the password. Those of
-- registrations do not either: their links serve on. Who chose codes by mail as second factor has none.

delete from one_time_proofs where purpose not in ('reset_password', 'change_address');
-- squawk-ignore ban-drop-constraint
alter table one_time_proofs drop constraint ck_one_time_proofs_purpose;
-- squawk-ignore constraint-missing-not-valid
alter table one_time_proofs add constraint ck_one_time_proofs_purpose
    check (purpose in ('reset_password', 'change_address'));
alter table registrations drop column tries, drop column mailed;
delete from second_factors where kind = 'email';
alter table second_factors drop column same_mailbox;
alter table second_factors drop column kind;
