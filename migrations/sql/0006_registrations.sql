-- Who registered and has not confirmed yet has no account: each registration waits as a row of its
-- own, until its link was opened with its password, or its day is over.

create table registrations (
    id UUID not null,
    tenant_id UUID not null,
    email TEXT not null,
    password_hash TEXT not null,
    name TEXT not null,
    created_at TIMESTAMP WITH TIME ZONE default now() not null,
    expires_at TIMESTAMP WITH TIME ZONE not null,
    constraint pk_registrations primary key (id),
    constraint fk_registrations_tenant_id foreign key (tenant_id) references tenants (id),
    constraint ck_registrations_email check (email = lower(email) and length(email) <= 254)
);

create index ix_registrations_address on registrations (tenant_id, email, expires_at);
create index ix_registrations_expiry on registrations (tenant_id, expires_at);

alter table registrations enable row level security;
alter table registrations force row level security;

create policy door_system on registrations for all
    using (
        tenant_id = (select app.tenant_id())
        and ((select app.is_doorkeeper()) or (select app.is_system()))
    );

grant select, insert, delete on registrations to skillbridge_app, skillbridge_worker;

-- Accounts whose address was never proved were registrations: they wait for another day, under
-- their id. Nobody could act as one, so that nothing but a profile hangs on them.
do $$
declare
    tenant uuid;
    said text := coalesce(current_setting('app.tenant_id', true), '');
begin
    for tenant in select id from tenants loop
        perform set_config('app.tenant_id', tenant::text, true);
        insert into registrations (id, tenant_id, email, password_hash, name, expires_at)
        select u.id, u.tenant_id, u.email, u.password_hash, p.name, now() + interval '24 hours'
        from users as u
        join profiles as p on p.user_id = u.id
        where u.email_verified_at is null and u.deleted_at is null
            and not exists (select from sign_ins as s where s.user_id = u.id)
            and not exists (select from mentors as m where m.user_id = u.id);
        delete from profiles where user_id in (select id from registrations);
        delete from users where id in (select id from registrations);
    end loop;
    perform set_config('app.tenant_id', said, true);
end
$$;
