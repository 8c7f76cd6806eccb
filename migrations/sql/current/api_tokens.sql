-- Tokens of programs, for who makes and ends their own. See users.sql; what a shown token opens stands in accounts.sql.

-- Services, which are nobody's, get theirs from operators.
create or replace function app.add_api_token(
    the_id uuid, the_user uuid, the_name text, the_hash bytea, the_scopes text[], at timestamptz,
    the_end timestamptz
) returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    if the_user is null and not pg_has_role(session_user, 'skillbridge_system', 'member') then
        raise insufficient_privilege using message = 'tokens of services are for operators';
    end if;
    insert into public.api_tokens
        (id, tenant_id, user_id, name, hash, scopes, created_at, expires_at)
    values
        (the_id, app.tenant_id(), the_user, the_name, the_hash, the_scopes, at, the_end);
end
$$;

create or replace function app.api_tokens_of(the_user uuid, at timestamptz)
    returns setof public.api_tokens
    language plpgsql stable
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select t.* from public.api_tokens as t
    where t.tenant_id = (select app.tenant_id()) and t.user_id = the_user
        and t.revoked_at is null and t.expires_at > at
    order by t.name;
end
$$;

-- One by its name, or every one where none is said.
create or replace function app.end_api_tokens(the_user uuid, at timestamptz, the_name text)
    returns table (id uuid)
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    update public.api_tokens as t set revoked_at = at, expires_at = least(t.expires_at, at)
    where t.tenant_id = (select app.tenant_id()) and t.user_id = the_user
        and t.revoked_at is null and (the_name is null or t.name = the_name)
    returning t.id;
end
$$;

-- That it was used, once in a while: not more often than this.
create or replace function app.use_api_token(the_id uuid, at timestamptz, seldom interval)
    returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    update public.api_tokens as t set last_used_at = at
    where t.tenant_id = (select app.tenant_id()) and t.id = the_id
        and (t.last_used_at is null or t.last_used_at <= at - seldom);
end
$$;
