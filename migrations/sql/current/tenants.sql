-- Tenants, for those who read no table of theirs: who is asked for by a slug, what a tenant has decided, and
-- all of its rows, to be taken out or erased. Functions of the owner's rights; see users.sql.

-- One index lookup, whatever the slug: no answer is quicker than another.
create or replace function app.tenant_of_slug(wanted text) returns uuid
    language sql stable
    security definer
    set search_path = pg_catalog, pg_temp
    return (select t.id from public.tenants as t where t.slug = wanted);

-- The tenant of whoever asks; without settings of its own, version 0 and nothing.
create or replace function app.tenant_now()
    returns table (id uuid, slug text, state text, version integer, settings jsonb)
    language plpgsql stable
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select t.id, t.slug, t.state, coalesce(s.version, 0), coalesce(s.settings, '{}')
    from public.tenants as t
    left join lateral (
        select v.version, v.settings from public.tenant_settings as v
        where v.tenant_id = t.id
        order by v.version desc
        limit 1
    ) as s on true
    where t.id = coalesce(app.tenant_id(), app.served_tenant());
end
$$;

-- The tenant of whoever asks while it is being erased, for a worker's login alone.
create or replace function app.erased_tenant() returns uuid
    language sql stable
    security definer
    set search_path = pg_catalog, pg_temp
    return (
        select t.id from public.tenants as t
        where t.id = app.tenant_id() and t.state = 'erasing'
            and pg_has_role(session_user, 'skillbridge_system', 'member')
    );

-- A cursor over all rows of the tenant in one table, as JSON. Who fetches from it needs no rights on the
-- table; only a worker's login opens one.
create or replace function app.open_rows(which text) returns refcursor
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    found refcursor;
begin
    if not pg_has_role(session_user, 'skillbridge_system', 'member') then
        raise insufficient_privilege using message = 'the rows of a tenant are for operators';
    end if;
    open found no scroll for execute format(
        'select to_jsonb(t)::text from public.%I as t where tenant_id = $1', which
    ) using app.tenant_id();
    return found;
end
$$;

-- Deletes rows of a tenant that is being erased, at most so many; how many it were.
create or replace function app.erase_rows(which text, most bigint) returns bigint
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    gone bigint;
begin
    execute format(
        'with gone as (
            select ctid from public.%1$I where tenant_id = app.erased_tenant() limit $1
        )
        delete from public.%1$I as t using gone where t.ctid = gone.ctid', which
    ) using most;
    get diagnostics gone = row_count;
    return gone;
end
$$;

create or replace function app.forget_tenant() returns void
    language sql
    security definer
    set search_path = pg_catalog, pg_temp
begin atomic
    delete from public.tenants as t where t.id = app.erased_tenant();
end;
