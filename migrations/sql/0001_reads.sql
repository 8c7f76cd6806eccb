-- The hottest reads, each in one round trip: a function that says who asks, then reads as they may.
-- The settings are local, so they end with the statement; the policies hold as in any transaction.

create function app.act_as(reader uuid, tenant uuid, standing text) returns void
    language sql volatile
as $$
    select
        set_config('app.user_id', reader::text, true),
        set_config('app.tenant_id', tenant::text, true),
        set_config('app.standing', standing, true)
$$;

create function app.read_roadmap(reader uuid, tenant uuid, standing text, wanted uuid)
    returns table (
        id uuid, title text, domain text, level text, status text, percent smallint,
        created_at timestamptz, updated_at timestamptz, goal text, hours_per_week smallint,
        known text[], starts_on date, author text, reason text, modules text, version integer,
        done jsonb
    )
    language plpgsql volatile
as $$
#variable_conflict use_column
begin
    perform app.act_as(reader, tenant, standing);
    return query
    select
        r.id, r.title, r.domain_id, r.level, r.status, r.percent, r.created_at, r.updated_at,
        r.goal, r.hours_per_week, r.known_skills, r.starts_on, r.author, r.reason,
        r.modules::text, r.version,
        (
            select jsonb_object_agg(c.module_id, c.completed_at)
            from public.completions as c
            where c.roadmap_id = r.id
        )
    from public.roadmaps as r
    where r.id = wanted and r.deleted_at is null;
end
$$;

create function app.read_roadmaps(
    reader uuid, tenant uuid, standing text, after_at timestamptz, after_id uuid, most bigint
)
    returns table (
        id uuid, title text, domain text, level text, status text, percent smallint,
        created_at timestamptz, updated_at timestamptz
    )
    language plpgsql volatile
as $$
#variable_conflict use_column
begin
    perform app.act_as(reader, tenant, standing);
    if after_at is null then
        return query
        select r.id, r.title, r.domain_id, r.level, r.status, r.percent, r.created_at, r.updated_at
        from public.roadmaps as r
        where r.learner_id = reader and r.deleted_at is null
        order by r.created_at desc, r.id desc
        limit most;
    else
        return query
        select r.id, r.title, r.domain_id, r.level, r.status, r.percent, r.created_at, r.updated_at
        from public.roadmaps as r
        where r.learner_id = reader and r.deleted_at is null
            and (r.created_at, r.id) < (after_at, after_id)
        order by r.created_at desc, r.id desc
        limit most;
    end if;
end
$$;

revoke execute on function
    app.act_as(uuid, uuid, text),
    app.read_roadmap(uuid, uuid, text, uuid),
    app.read_roadmaps(uuid, uuid, text, timestamptz, uuid, bigint)
    from public;
grant execute on function
    app.act_as(uuid, uuid, text),
    app.read_roadmap(uuid, uuid, text, uuid),
    app.read_roadmaps(uuid, uuid, text, timestamptz, uuid, bigint)
    to skillbridge_app, skillbridge_worker;
