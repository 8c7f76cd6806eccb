-- Passkeys: by their credential, or those of one account; and challenges, which are answered once. See users.sql.

create or replace function app.add_passkey(
    the_id uuid, the_user uuid, the_credential bytea, the_key bytea, the_count bigint,
    is_synced boolean, the_name text, at timestamptz
) returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    insert into public.passkeys
        (id, tenant_id, user_id, credential_id, public_key, sign_count, synced, name, created_at)
    values
        (the_id, app.tenant_id(), the_user, the_credential, the_key, the_count, is_synced,
            the_name, at);
end
$$;

create or replace function app.passkey_of(the_credential bytea) returns setof public.passkeys
    language plpgsql stable
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select p.* from public.passkeys as p
    where p.tenant_id = (select app.tenant_id()) and p.credential_id = the_credential;
end
$$;

create or replace function app.passkeys_of(the_user uuid) returns setof public.passkeys
    language plpgsql stable
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select p.* from public.passkeys as p
    where p.tenant_id = (select app.tenant_id()) and p.user_id = the_user
    order by p.created_at, p.id;
end
$$;

create or replace function app.save_passkey(
    the_id uuid, the_name text, the_count bigint, used_at timestamptz
) returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    update public.passkeys as p
    set name = the_name, sign_count = the_count, last_used_at = used_at
    where p.tenant_id = (select app.tenant_id()) and p.id = the_id;
end
$$;

create or replace function app.remove_passkey(the_id uuid) returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    delete from public.passkeys as p
    where p.tenant_id = (select app.tenant_id()) and p.id = the_id;
end
$$;

-- Nothing where it was answered before, in whichever tenant.
create or replace function app.spend_challenge(the_nonce bytea, the_end timestamptz)
    returns setof bytea
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    insert into public.spent_challenges as c (nonce, tenant_id, expires_at)
    values (the_nonce, app.tenant_id(), the_end)
    on conflict on constraint pk_spent_challenges do nothing
    returning c.nonce;
end
$$;
