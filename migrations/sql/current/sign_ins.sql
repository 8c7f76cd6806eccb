-- Sign-ins and their refresh tokens, for who is not known yet: found by the hash of a token, which its holder alone
-- can make, or by who is asked about. See users.sql.

create or replace function app.add_sign_in(
    the_id uuid, the_user uuid, the_device text, at timestamptz, the_end timestamptz,
    used_at timestamptz, the_key bytea, the_network bytea
) returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    insert into public.sign_ins
        (id, tenant_id, user_id, device, created_at, expires_at, last_used_at, key, network)
    values
        (the_id, app.tenant_id(), the_user, the_device, at, the_end, used_at, the_key, the_network);
end
$$;

-- The row of the sign-in is the lock of its tokens.
create or replace function app.lock_sign_in(the_token bytea) returns setof public.sign_ins
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select s.* from public.sign_ins as s
    where s.tenant_id = (select app.tenant_id())
        and s.id = (
            select t.sign_in_id from public.refresh_tokens as t
            where t.tenant_id = (select app.tenant_id()) and t.hash = the_token
        )
    for update;
end
$$;

-- This token, and the one that followed it.
create or replace function app.links(the_token bytea) returns setof public.refresh_tokens
    language plpgsql stable
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select t.* from public.refresh_tokens as t
    where t.tenant_id = (select app.tenant_id()) and (t.hash = the_token or t.parent = the_token);
end
$$;

-- A token that is there may only be used.
create or replace function app.keep_link(
    the_hash bytea, the_sign_in uuid, the_parent bytea, at timestamptz, the_use timestamptz
) returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    insert into public.refresh_tokens as t (hash, tenant_id, sign_in_id, parent, issued_at, used_at)
    values (the_hash, app.tenant_id(), the_sign_in, the_parent, at, the_use)
    on conflict (hash) do update set used_at = excluded.used_at
    where t.tenant_id = (select app.tenant_id());
end
$$;

create or replace function app.move_sign_in(
    the_id uuid, the_revocation timestamptz, the_end timestamptz, used_at timestamptz,
    the_network bytea
) returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    update public.sign_ins as s
    set revoked_at = the_revocation, expires_at = the_end, last_used_at = used_at,
        network = the_network
    where s.tenant_id = (select app.tenant_id()) and s.id = the_id;
end
$$;

create or replace function app.living_sign_in(the_id uuid, the_user uuid, at timestamptz)
    returns setof uuid
    language plpgsql stable
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select s.id from public.sign_ins as s
    where s.tenant_id = (select app.tenant_id()) and s.id = the_id and s.user_id = the_user
        and s.revoked_at is null and s.expires_at > at;
end
$$;

create or replace function app.has_signed_in(the_user uuid) returns boolean
    language plpgsql stable
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return exists (
        select from public.sign_ins as s
        where s.tenant_id = (select app.tenant_id()) and s.user_id = the_user
    );
end
$$;

-- Every one of somebody that lives, if need be all but one.
create or replace function app.end_sign_ins(the_user uuid, at timestamptz, the_other uuid)
    returns table (id uuid)
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    update public.sign_ins as s set revoked_at = at, expires_at = least(s.expires_at, at)
    where s.tenant_id = (select app.tenant_id()) and s.user_id = the_user
        and s.id is distinct from the_other and s.revoked_at is null
    returning s.id;
end
$$;
