-- A learner's way through a roadmap, locked and read in one round trip.
--
-- A statement that waits for a lock sees the row as it is then, but every other row as it was when
-- the statement began; a volatile function looks anew with each of its statements. So the
-- completions are read after the lock is held, and none of whoever held it before is missed.

create function app.lock_journey(wanted uuid, whose uuid)
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

revoke execute on function app.lock_journey(uuid, uuid) from public;
grant execute on function app.lock_journey(uuid, uuid) to skillbridge_app, skillbridge_worker;
