-- Percent of a roadmap: the share of the weight done, rounded down, so that 100 means finished.
-- The rule itself is skillbridge.domain.progress; this keeps it true for every other writer.
create or replace function app.percent_done(modules jsonb, done text[]) returns smallint
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
create or replace function app.roll_up_progress() returns trigger
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

create or replace trigger roll_up_progress after insert or delete on completions
    for each row execute function app.roll_up_progress();

-- A learner's way through a roadmap, locked and read in one round trip.
--
-- A statement that waits for a lock sees the row as it is then, but every other row as it was when
-- the statement began; a volatile function looks anew with each of its statements. So the
-- completions are read after the lock is held, and none of whoever held it before is missed.
create or replace function app.lock_journey(wanted uuid, whose uuid)
    returns table (
        id uuid, learner_id uuid, status text, modules text, version integer,
        done text[], times timestamptz[]
    )
    language plpgsql volatile
as $$
#variable_conflict use_column
begin
    perform from public.roadmaps as r
    where r.id = wanted and r.learner_id = whose and r.deleted_at is null
    for no key update;
    return query
    select
        r.id, r.learner_id, r.status, r.modules::text, r.version,
        array_agg(c.module_id order by c.completed_at, c.module_id)
            filter (where c.module_id is not null),
        array_agg(c.completed_at order by c.completed_at, c.module_id)
            filter (where c.module_id is not null)
    from public.roadmaps as r
    left join public.completions as c on c.roadmap_id = r.id and c.learner_id = r.learner_id
    where r.id = wanted and r.learner_id = whose and r.deleted_at is null
    group by r.id;
end
$$;
