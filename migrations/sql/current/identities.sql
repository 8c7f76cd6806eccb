-- Who somebody is elsewhere, and what was begun at a provider. See users.sql.

-- Nothing where the identity has an account, or the account one of this issuer.
create or replace function app.add_identity(
    the_id uuid, the_user uuid, the_issuer text, the_subject text, at timestamptz
) returns setof uuid
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    insert into public.identities as i (id, tenant_id, user_id, issuer, subject, created_at)
    values (the_id, app.tenant_id(), the_user, the_issuer, the_subject, at)
    on conflict do nothing
    returning i.id;
end
$$;

create or replace function app.identity(the_issuer text, the_subject text)
    returns setof public.identities
    language plpgsql stable
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select i.* from public.identities as i
    where i.tenant_id = (select app.tenant_id()) and i.issuer = the_issuer
        and i.subject = the_subject;
end
$$;

create or replace function app.identities_of(the_user uuid) returns setof public.identities
    language plpgsql stable
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select i.* from public.identities as i
    where i.tenant_id = (select app.tenant_id()) and i.user_id = the_user
    order by i.created_at, i.id;
end
$$;

create or replace function app.remove_identity(the_id uuid) returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    delete from public.identities as i
    where i.tenant_id = (select app.tenant_id()) and i.id = the_id;
end
$$;

create or replace function app.begin_authorization(
    the_id uuid, the_provider text, the_binding bytea, the_user uuid, the_way_back text,
    the_end timestamptz, the_pace integer, asked_again timestamptz
) returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    insert into public.authorization_requests
        (id, tenant_id, provider, binding, user_id, return_to, expires_at, pace, asked_again_at)
    values
        (
            the_id, app.tenant_id(), the_provider, the_binding, the_user, the_way_back, the_end,
            the_pace, asked_again
        );
end
$$;

create or replace function app.authorization_request(the_id uuid)
    returns setof public.authorization_requests
    language plpgsql stable
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select a.* from public.authorization_requests as a
    where a.tenant_id = (select app.tenant_id()) and a.id = the_id;
end
$$;

-- Once, for the provider, the browser and the person that it was begun with.
create or replace function app.take_authorization(
    the_id uuid, the_provider text, the_binding bytea, the_user uuid, at timestamptz
) returns setof uuid
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    delete from public.authorization_requests as a
    where a.tenant_id = (select app.tenant_id()) and a.id = the_id
        and a.provider = the_provider
        and a.binding = the_binding
        and a.user_id is not distinct from the_user
        and a.expires_at > at
    returning a.id;
end
$$;

-- For one question about a code that is typed in elsewhere: nothing while another is on its way, or too soon.
create or replace function app.hold_authorization(
    the_id uuid, at timestamptz, until timestamptz
) returns setof uuid
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    update public.authorization_requests as a set asked_again_at = until
    where a.tenant_id = (select app.tenant_id()) and a.id = the_id and a.asked_again_at <= at
    returning a.id;
end
$$;

create or replace function app.let_go_authorization(
    the_id uuid, the_pace integer, until timestamptz
) returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    update public.authorization_requests as a set pace = the_pace, asked_again_at = until
    where a.tenant_id = (select app.tenant_id()) and a.id = the_id;
end
$$;
