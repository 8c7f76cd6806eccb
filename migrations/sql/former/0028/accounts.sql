-- Which of these sign-ins have ended: what the API asks for each access token, of whomever. This is all
-- that its login learns of the sign-ins of others. Planned once a session: planning costs more than looking.
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
    where s.tenant_id = (select app.tenant_id()) and s.id = any (asked) and s.revoked_at is not null;
end
$$;
