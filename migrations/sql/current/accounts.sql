-- Which of these sign-ins, and tokens of programs, have ended: what the API asks for each that it is shown, of
-- whomever. This is all that its login learns of the sign-ins of others. Planned once a session: planning costs more than looking.
create or replace function app.ended_sign_ins(asked uuid[]) returns table (id uuid)
    language plpgsql stable
    security definer
    set search_path = pg_catalog, pg_temp
    set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
begin
    return query
    select s.id from public.sign_ins as s
    where s.tenant_id = (select app.tenant_id()) and s.id = any (asked) and s.revoked_at is not null
    union all
    select t.id from public.api_tokens as t
    where t.tenant_id = (select app.tenant_id()) and t.id = any (asked) and t.revoked_at is not null;
end
$$;

-- Who holds the token of a program that lives, by the hash of it: what the API asks about each that it is
-- shown. The hash is all that it can ask by, so that its login learns of no token that was not shown.
create or replace function app.holding(asked bytea) returns table (
    id uuid, user_id uuid, scopes text[], roles text[], expires_at timestamptz, last_used_at timestamptz
)
    language plpgsql stable
    security definer
    set search_path = pg_catalog, pg_temp
    set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
begin
    return query
    select t.id, t.user_id, t.scopes, u.roles, t.expires_at, t.last_used_at
    from public.api_tokens as t
    left join public.users as u
        on u.tenant_id = t.tenant_id and u.id = t.user_id
        and u.disabled_at is null and u.deleted_at is null
    where t.tenant_id = (select app.tenant_id()) and t.hash = asked and t.revoked_at is null
        and (t.user_id is null or u.id is not null);
end
$$;
