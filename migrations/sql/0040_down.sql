-- Every version of the settings of tenants is lost, and suspended ones are active again.

delete from jobs where tenant_id = 'ffffffff-ffff-4fff-bfff-ffffffffffff';
delete from authorization_requests where tenant_id = 'ffffffff-ffff-4fff-bfff-ffffffffffff';
delete from spent_challenges where tenant_id = 'ffffffff-ffff-4fff-bfff-ffffffffffff';
drop table tenant_settings;
delete from tenants where id = 'ffffffff-ffff-4fff-bfff-ffffffffffff';
drop function
    app.tenant_of_slug(text), app.tenant_now(), app.open_rows(text), app.erase_rows(text, bigint),
    app.forget_tenant();
drop function app.erased_tenant();
alter table tenants drop column state;
