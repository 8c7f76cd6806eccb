-- Who runs the tenant: as their account says now, whatever an older access token says.
create function app.is_admin() returns boolean
    language sql stable
    return exists (
        select from public.users as u
        where u.id = app.user_id()
            and u.tenant_id = app.tenant_id()
            and u.deleted_at is null
            and u.roles @> '{admin}'
    );

create trigger stamp before update on cohort_runs for each row execute function app.stamp();

-- The moves of a run, as in skillbridge.domain.matching.cohort. What has not been confirmed cannot
-- be applied, whoever writes.
create function app.guard_cohort_run() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    if old.status <> new.status and (old.status, new.status) not in (
        ('queued', 'running'), ('running', 'proposed'), ('proposed', 'confirmed'),
        ('confirmed', 'applied'), ('queued', 'failed'), ('running', 'failed'),
        ('queued', 'discarded'), ('running', 'discarded'), ('proposed', 'discarded'),
        ('queued', 'expired'), ('running', 'expired'), ('proposed', 'expired')
    ) then
        raise exception 'a cohort run cannot go from % to %', old.status, new.status
            using errcode = 'check_violation';
    end if;
    return new;
end
$$;

create trigger guard_cohort_run before update of status on cohort_runs
    for each row execute function app.guard_cohort_run();

-- The moves of a placement, as in skillbridge.domain.matching.placement.
create function app.guard_placement() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    if old.state <> new.state and (old.state, new.state) not in (
        ('proposed', 'applied'), ('proposed', 'skipped')
    ) then
        raise exception 'a placement cannot go from % to %', old.state, new.state
            using errcode = 'check_violation';
    end if;
    return new;
end
$$;

create trigger guard_placement before update of state on placements
    for each row execute function app.guard_placement();
