-- A mentor's load is the number of their active matches; the check on mentors refuses one more
-- than the capacity, so two acceptances at once cannot both pass.
create or replace function app.roll_up_load() returns trigger
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    was integer := coalesce((tg_op = 'UPDATE' and old.status = 'active')::integer, 0);
    change integer := (new.status = 'active')::integer - was;
    said text := coalesce(current_setting('app.tenant_id', true), '');
begin
    if change <> 0 then
        perform set_config('app.tenant_id', new.tenant_id::text, true);
        update public.mentors
        set active_matches = active_matches + change
        where user_id = new.mentor_id;
        perform set_config('app.tenant_id', said, true);
    end if;
    return null;
end
$$;

create or replace trigger roll_up_load after insert or update of status on matches
    for each row execute function app.roll_up_load();

-- Each change of what mentors offer gets the next number of its tenant: the matcher asks for
-- what is newer than the number it has seen. The tenant's counter row serialises the writers, so
-- a number is never seen before a smaller one has been committed.
create or replace function app.next_pool_version() returns trigger
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    said text := coalesce(current_setting('app.tenant_id', true), '');
begin
    perform set_config('app.tenant_id', new.tenant_id::text, true);
    insert into public.pool_versions as p (tenant_id, version) values (new.tenant_id, 1)
    on conflict (tenant_id) do update set version = p.version + 1
    returning p.version into new.pool_version;
    perform set_config('app.tenant_id', said, true);
    return new;
end
$$;

create or replace trigger next_pool_version before insert or update on mentors
    for each row execute function app.next_pool_version();

create or replace function app.touch_mentor() returns trigger
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    said text := coalesce(current_setting('app.tenant_id', true), '');
begin
    perform set_config('app.tenant_id', new.tenant_id::text, true);
    update public.mentors set pool_version = 0 where user_id = new.user_id;
    perform set_config('app.tenant_id', said, true);
    return null;
end
$$;

create or replace trigger touch_mentor after update on profiles
    for each row execute function app.touch_mentor();
