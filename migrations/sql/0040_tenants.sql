-- What a tenant decides for itself is data with versions that nobody changes, so that who changed what, when
-- and why stays known, and any version can be taken up again. A tenant that is suspended keeps everything.
-- The one tenant that is added here stands in for every slug that is unknown: it lets nobody in.

alter table tenants add column state TEXT default 'active' not null;
-- squawk-ignore constraint-missing-not-valid
alter table tenants add constraint ck_tenants_state
    check (state in ('active', 'suspended', 'erasing'));

create table tenant_settings (
    tenant_id UUID not null,
    version INTEGER not null,
    settings JSONB not null,
    changed_by UUID,
    changed_at TIMESTAMP WITH TIME ZONE not null,
    reason TEXT not null,
    constraint pk_tenant_settings primary key (tenant_id, version),
    constraint fk_tenant_settings_tenant_id foreign key (tenant_id) references tenants (id),
    constraint fk_tenant_settings_tenant_id_changed_by
        foreign key (tenant_id, changed_by) references users (tenant_id, id),
    constraint ck_tenant_settings_version check (version > 0),
    constraint ck_tenant_settings_settings check (jsonb_typeof(settings) = 'object'),
    constraint ck_tenant_settings_reason check (char_length(reason) between 3 and 200)
);

insert into tenants (id, slug, name)
values ('ffffffff-ffff-4fff-bfff-ffffffffffff', 'nobody', 'Nobody''s')
on conflict do nothing;
insert into tenant_settings (tenant_id, version, settings, changed_at, reason)
values (
    'ffffffff-ffff-4fff-bfff-ffffffffffff', 1, '{"features": {"registration": false}}', now(),
    'it stands in for every slug that is unknown'
)
on conflict do nothing;
