-- Who is asking, as each transaction says at its beginning. A setting that was ever used reads
-- as '' afterwards, not as null: hence nullif.

create schema app;

create function app.tenant_id() returns uuid
    language sql stable
    return nullif(current_setting('app.tenant_id', true), '')::uuid;

create function app.user_id() returns uuid
    language sql stable
    return nullif(current_setting('app.user_id', true), '')::uuid;

-- A setting can be forged by whoever can run SQL; the login cannot. So "system" is believed only
-- from a login that belongs to skillbridge_system: the API's login does not. The owner, whom
-- nobody can log in as, acts only inside of the functions below that say security definer.
create function app.is_system() returns boolean
    language sql stable
    return current_user = 'skillbridge_owner'
        or (
            coalesce(current_setting('app.standing', true) = 'system', false)
            and pg_has_role(current_user, 'skillbridge_system', 'member')
        );

-- Acts for someone not yet known: sees accounts and sign-ins of one tenant.
create function app.is_doorkeeper() returns boolean
    language sql stable
    return coalesce(current_setting('app.standing', true) = 'doorkeeper', false);

-- Every change gets a new version and a new time, whoever makes it.
create function app.stamp() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    new.updated_at := now();
    new.version := old.version + 1;
    return new;
end
$$;

create trigger stamp before update on users for each row execute function app.stamp();
create trigger stamp before update on profiles for each row execute function app.stamp();
create trigger stamp before update on mentors for each row execute function app.stamp();
create trigger stamp before update on roadmaps for each row execute function app.stamp();
create trigger stamp before update on matches for each row execute function app.stamp();

-- Percent of a roadmap: the share of the weight done, rounded down, so that 100 means finished.
-- The rule itself is skillbridge.domain.progress; this keeps it true for every other writer.
create function app.percent_done(modules jsonb, done text[]) returns smallint
    language sql immutable
    set search_path = pg_catalog, pg_temp
as $$
    select coalesce(
        div(
            100 * sum((module ->> 'weight')::numeric) filter (where module ->> 'id' = any (done)),
            nullif(sum((module ->> 'weight')::numeric), 0)
        ),
        0
    )::smallint
    from jsonb_array_elements(modules) as module
$$;

-- A writer that has said the right percent already, as the API does, is left alone: otherwise each
-- completion would make two new versions of its roadmap.
create function app.roll_up_progress() returns trigger
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    changed uuid := coalesce(new.roadmap_id, old.roadmap_id);
    said text := coalesce(current_setting('app.tenant_id', true), '');
    done text[];
begin
    -- An operator need not have said whose rows these are: the policies ask.
    perform set_config('app.tenant_id', coalesce(new.tenant_id, old.tenant_id)::text, true);
    -- One writer after the other, and each looks only then what the others have done.
    perform from public.roadmaps where id = changed for no key update;
    done := array(select c.module_id from public.completions as c where c.roadmap_id = changed);
    update public.roadmaps
    set percent = app.percent_done(modules, done)
    where id = changed and percent <> app.percent_done(modules, done);
    perform set_config('app.tenant_id', said, true);
    return null;
end
$$;

create trigger roll_up_progress after insert or delete on completions
    for each row execute function app.roll_up_progress();

-- A mentor's load is the number of their active matches; the check on mentors refuses one more
-- than the capacity, so two acceptances at once cannot both pass.
create function app.roll_up_load() returns trigger
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

create trigger roll_up_load after insert or update of status on matches
    for each row execute function app.roll_up_load();

-- The moves of a match, as in skillbridge.domain.matching.match.
create function app.guard_match() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    if old.status <> new.status and (old.status, new.status) not in (
        ('requested', 'active'), ('requested', 'declined'), ('requested', 'withdrawn'),
        ('requested', 'expired'), ('active', 'completed'), ('active', 'cancelled')
    ) then
        raise exception 'a match cannot go from % to %', old.status, new.status
            using errcode = 'check_violation';
    end if;
    return new;
end
$$;

create trigger guard_match before update of status on matches
    for each row execute function app.guard_match();

-- Each change of what mentors offer gets the next number of its tenant: the matcher asks for
-- what is newer than the number it has seen. The tenant's counter row serialises the writers, so
-- a number is never seen before a smaller one has been committed.
create function app.next_pool_version() returns trigger
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

create trigger next_pool_version before insert or update on mentors
    for each row execute function app.next_pool_version();

create function app.touch_mentor() returns trigger
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

create trigger touch_mentor after update on profiles
    for each row execute function app.touch_mentor();
