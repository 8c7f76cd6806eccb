-- Accounts, for who is not known yet: one by its id or its address, of the tenant that the transaction names.
--
-- Who signs in and who works calls these functions of the owner's rights; the login of signing in has no right on
-- the table. So SQL that somebody wrote into one of its statements lists nobody.

create or replace function app.account(the_id uuid) returns setof public.users
    language plpgsql stable
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select u.* from public.users as u
    where u.tenant_id = (select app.tenant_id()) and u.id = the_id and u.deleted_at is null;
end
$$;

create or replace function app.account_of(the_email text) returns setof public.users
    language plpgsql stable
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select u.* from public.users as u
    where u.tenant_id = (select app.tenant_id()) and u.email = the_email and u.deleted_at is null;
end
$$;

-- Locked not against foreign keys: whoever has added a sign-in holds the account by one, and two of them would
-- wait for each other.
create or replace function app.lock_account(the_id uuid) returns setof public.users
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select u.* from public.users as u
    where u.tenant_id = (select app.tenant_id()) and u.id = the_id and u.deleted_at is null
    for no key update;
end
$$;

create or replace function app.lock_account_of(the_email text) returns setof public.users
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select u.* from public.users as u
    where u.tenant_id = (select app.tenant_id()) and u.email = the_email and u.deleted_at is null
    for no key update;
end
$$;

-- Who signs in makes learners alone, who have proved an address: by a registration that waits, or by an identity
-- elsewhere and then without a password. Workers make any. Nobody where the address has an account, or where
-- nothing waits any more.
create or replace function app.add_account(
    the_id uuid, the_email text, the_hash text, verified_at timestamptz, the_roles text[]
) returns setof uuid
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    if not pg_has_role(session_user, 'skillbridge_system', 'member') then
        if the_roles <> '{learner}' or verified_at is null then
            raise insufficient_privilege using message = 'an account begins as a learner''s, proved';
        end if;
        if the_hash is not null and not exists (
            select from public.registrations as r
            where r.tenant_id = (select app.tenant_id()) and r.id = the_id
                and r.email = the_email and r.password_hash = the_hash
        ) then
            return;
        end if;
    end if;
    return query
    insert into public.users as u (id, tenant_id, email, password_hash, email_verified_at, roles)
    values (the_id, app.tenant_id(), the_email, the_hash, verified_at, the_roles)
    on conflict do nothing
    returning u.id;
end
$$;

-- Nobody where the version is another by now. What operators decide, who signs in does not: roles, and whether an
-- account is disabled. Another address, and a first password, want a mail that was answered.
create or replace function app.save_account(
    the_id uuid, the_version integer, the_email text, the_hash text, the_roles text[],
    verified_at timestamptz, the_end timestamptz, the_devices text[]
) returns setof uuid
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    was public.users;
begin
    if not pg_has_role(session_user, 'skillbridge_system', 'member') then
        select u.* into was from public.users as u
        where u.tenant_id = (select app.tenant_id()) and u.id = the_id and u.version = the_version;
        if not found then
            return;
        end if;
        if not (was.roles @> the_roles and was.roles <@ the_roles)
            or the_end is distinct from was.disabled_at
        then
            raise insufficient_privilege using message = 'roles and ends of accounts are for operators';
        end if;
        if (the_email, verified_at) is distinct from (was.email, was.email_verified_at)
            and not app.has_answered(the_id, 'change_address', the_email)
        then
            raise insufficient_privilege using message = 'an address is proved by a mail to it';
        end if;
        if was.password_hash is null and the_hash is not null
            and not app.has_answered(the_id, 'reset_password', null)
        then
            raise insufficient_privilege using message = 'a first password is set by an answered mail';
        end if;
    end if;
    return query
    update public.users as u
    set email = the_email, password_hash = the_hash, roles = the_roles,
        email_verified_at = verified_at, disabled_at = the_end, devices = the_devices
    where u.tenant_id = (select app.tenant_id()) and u.id = the_id and u.version = the_version
    returning u.id;
end
$$;

-- Whether somebody has answered a mail of this kind, to this address where it names one.
create or replace function app.has_answered(the_user uuid, the_purpose text, the_email text)
    returns boolean
    language sql stable
    return exists (
        select from public.one_time_proofs as p
        where p.tenant_id = app.tenant_id() and p.user_id = the_user and p.purpose = the_purpose
            and p.email is not distinct from the_email and p.used_at is not null
    );
