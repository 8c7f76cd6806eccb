-- Phones are lost, and codes that were sent to them serve no more. Who had codes by SMS as second factor has none.

drop function
    app.phone, app.put_phone, app.confirm_phone, app.remove_phones, app.begin_text, app.end_text;
drop table phones;
delete from one_time_proofs
where purpose in ('verify_phone', 'set_up_sms', 'sms_second_factor', 'sms_step_up');
-- squawk-ignore ban-drop-constraint
alter table one_time_proofs drop constraint ck_one_time_proofs_purpose;
-- squawk-ignore constraint-missing-not-valid
alter table one_time_proofs add constraint ck_one_time_proofs_purpose
    check (
        purpose in (
            'reset_password', 'change_address', 'sign_in', 'set_up_factor', 'second_factor', 'step_up'
        )
    );
delete from second_factors where kind = 'sms';
-- squawk-ignore ban-drop-constraint
alter table second_factors drop constraint ck_second_factors_kind;
-- squawk-ignore constraint-missing-not-valid
alter table second_factors add constraint ck_second_factors_kind check (kind in ('app', 'email'));
