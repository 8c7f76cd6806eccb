-- What waits to become an account: one by its id, as the link of a mail names it, or all of one address. See users.sql.

create or replace function app.add_registration(
    the_id uuid, the_email text, the_hash text, the_name text, the_end timestamptz,
    the_mailed boolean
) returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    insert into public.registrations (id, tenant_id, email, password_hash, name, expires_at, mailed)
    values (the_id, app.tenant_id(), the_email, the_hash, the_name, the_end, the_mailed);
end
$$;

create or replace function app.registration(the_id uuid) returns setof public.registrations
    language plpgsql stable
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select r.* from public.registrations as r
    where r.tenant_id = (select app.tenant_id()) and r.id = the_id;
end
$$;

-- The newest that still wait.
create or replace function app.registrations_of(the_email text, at timestamptz, most integer)
    returns setof public.registrations
    language plpgsql stable
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select r.* from public.registrations as r
    where r.tenant_id = (select app.tenant_id()) and r.email = the_email and r.expires_at > at
    order by r.expires_at desc
    limit most;
end
$$;

-- The newest whose code was mailed; five times (skillbridge.domain.accounts.one_time_proof).
create or replace function app.guess_registration(the_email text, at timestamptz)
    returns setof public.registrations
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    update public.registrations as r set tries = r.tries + 1
    where r.tenant_id = (select app.tenant_id()) and r.tries < 5
        and r.id = (
            select newest.id from public.registrations as newest
            where newest.tenant_id = (select app.tenant_id()) and newest.email = the_email
                and newest.expires_at > at and newest.mailed
            order by newest.expires_at desc
            limit 1
        )
    returning r.*;
end
$$;

create or replace function app.end_registrations(the_email text) returns table (id uuid)
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    delete from public.registrations as r
    where r.tenant_id = (select app.tenant_id()) and r.email = the_email
    returning r.id;
end
$$;
