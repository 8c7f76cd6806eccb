-- The moves of a match, as in skillbridge.domain.matching.match.
create or replace function app.guard_match() returns trigger
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

create or replace trigger guard_match before update of status on matches
    for each row execute function app.guard_match();

-- The moves of a run, as in skillbridge.domain.matching.cohort. What has not been confirmed cannot
-- be applied, whoever writes.
create or replace function app.guard_cohort_run() returns trigger
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

create or replace trigger guard_cohort_run before update of status on cohort_runs
    for each row execute function app.guard_cohort_run();

-- The moves of a placement, as in skillbridge.domain.matching.placement.
create or replace function app.guard_placement() returns trigger
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

create or replace trigger guard_placement before update of state on placements
    for each row execute function app.guard_placement();
