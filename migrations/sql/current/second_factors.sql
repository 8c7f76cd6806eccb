-- Second factors: that of one account. See users.sql.

create or replace function app.second_factor(the_user uuid) returns setof public.second_factors
    language plpgsql stable
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select f.* from public.second_factors as f
    where f.tenant_id = (select app.tenant_id()) and f.user_id = the_user;
end
$$;

create or replace function app.lock_second_factor(the_user uuid)
    returns setof public.second_factors
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select f.* from public.second_factors as f
    where f.tenant_id = (select app.tenant_id()) and f.user_id = the_user
    for update;
end
$$;

create or replace function app.put_second_factor(
    the_user uuid, the_secret bytea, the_confirmation timestamptz, the_step bigint,
    the_codes bytea[], the_kind text, the_same_mailbox boolean
) returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    insert into public.second_factors as f
        (user_id, tenant_id, sealed_secret, confirmed_at, last_step, recovery_codes, kind, same_mailbox)
    values
        (
            the_user, app.tenant_id(), the_secret, the_confirmation, the_step, the_codes, the_kind,
            the_same_mailbox
        )
    on conflict (user_id) do update
    set sealed_secret = excluded.sealed_secret, confirmed_at = excluded.confirmed_at,
        last_step = excluded.last_step, recovery_codes = excluded.recovery_codes,
        kind = excluded.kind, same_mailbox = excluded.same_mailbox
    where f.tenant_id = (select app.tenant_id());
end
$$;

create or replace function app.remove_second_factor(the_user uuid) returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    delete from public.second_factors as f
    where f.tenant_id = (select app.tenant_id()) and f.user_id = the_user;
end
$$;
