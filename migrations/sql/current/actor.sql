-- Who is asking, as each transaction says at its beginning. A setting that was ever used reads
-- as '' afterwards, not as null: hence nullif.

create schema if not exists app;

create or replace function app.tenant_id() returns uuid
    language sql stable
    return nullif(current_setting('app.tenant_id', true), '')::uuid;

create or replace function app.user_id() returns uuid
    language sql stable
    return nullif(current_setting('app.user_id', true), '')::uuid;

-- A setting can be forged by whoever can run SQL; the login cannot. So "system" is believed only
-- from a login that belongs to skillbridge_system: the API's login does not. The owner, whom
-- nobody can log in as, acts only inside of the functions below that say security definer.
create or replace function app.is_system() returns boolean
    language sql stable
    return current_user = 'skillbridge_owner'
        or (
            coalesce(current_setting('app.standing', true) = 'system', false)
            and pg_has_role(current_user, 'skillbridge_system', 'member')
        );

-- Acts for someone not yet known: sees accounts and sign-ins of one tenant. Believed, for the same
-- reason, only from a login that belongs to skillbridge_pre_authentication: the one of signing in, and workers.
-- Inside of a function of the owner's rights it is the login that is asked.
create or replace function app.is_doorkeeper() returns boolean
    language sql stable
    return coalesce(current_setting('app.standing', true) = 'doorkeeper', false)
        and pg_has_role(
            case when current_user = 'skillbridge_owner' then session_user else current_user end,
            'skillbridge_pre_authentication', 'member'
        );

-- Whose program acts, where it is a service of a tenant. It says so by its standing and names no tenant to
-- app.tenant_id(): so each policy shows it nothing, but for those that ask this.
create or replace function app.served_tenant() returns uuid
    language sql stable
    return case
        when current_setting('app.standing', true) like 'service:%'
            then substr(current_setting('app.standing', true), 9)::uuid
    end;

-- Who runs the tenant: as their account says now, whatever an older access token says.
create or replace function app.is_admin() returns boolean
    language sql stable
    return exists (
        select from public.users as u
        where u.id = app.user_id()
            and u.tenant_id = app.tenant_id()
            and u.deleted_at is null
            and u.roles @> '{admin}'
    );
