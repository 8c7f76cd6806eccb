-- The moves of what has a state, as the tables of the domain say: whoever writes, no other is stored.

-- What is refused (the first argument) keeps its state in the column that the second names.
create or replace function app.refuse_move() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception '% cannot go from % to %',
        tg_argv[0], to_jsonb(old) ->> tg_argv[1], to_jsonb(new) ->> tg_argv[1]
        using errcode = 'check_violation';
end
$$;

-- skillbridge.domain.roadmaps.roadmap
create or replace trigger guard_roadmap before update of status on roadmaps for each row
    when (old.status <> new.status and (old.status, new.status) not in (
        ('drafting', 'ready'), ('drafting', 'failed')
    ))
    execute function app.refuse_move('a roadmap', 'status');

-- A sign-in that has ended stays so, and since when.
create or replace trigger guard_sign_in before update of revoked_at on sign_ins for each row
    when (old.revoked_at is not null and new.revoked_at is distinct from old.revoked_at)
    execute function app.refuse_move('an ended sign-in', 'revoked_at');

-- Only a refresh lets one live longer, and none that was ended.
create or replace trigger guard_end before update of expires_at on sign_ins for each row
    when (
        new.expires_at > old.expires_at
        and (old.revoked_at is not null or not (app.is_doorkeeper() or app.is_system()))
    )
    execute function app.refuse_move('a sign-in', 'expires_at');

-- skillbridge.domain.matching.match
create or replace trigger guard_match before update of status on matches for each row
    when (old.status <> new.status and (old.status, new.status) not in (
        ('requested', 'active'), ('requested', 'declined'), ('requested', 'withdrawn'),
        ('requested', 'expired'), ('active', 'completed'), ('active', 'cancelled')
    ))
    execute function app.refuse_move('a match', 'status');

-- skillbridge.domain.cohorts.cohort: what has not been confirmed cannot be applied.
create or replace trigger guard_cohort_run before update of status on cohort_runs for each row
    when (old.status <> new.status and (old.status, new.status) not in (
        ('queued', 'running'), ('running', 'proposed'), ('proposed', 'confirmed'),
        ('confirmed', 'applied'), ('queued', 'failed'), ('running', 'failed'),
        ('queued', 'discarded'), ('running', 'discarded'), ('proposed', 'discarded'),
        ('queued', 'expired'), ('running', 'expired'), ('proposed', 'expired')
    ))
    execute function app.refuse_move('a cohort run', 'status');

-- skillbridge.domain.privacy.request
create or replace trigger guard_privacy_request before update of state on privacy_requests
    for each row
    when (old.state <> new.state and (old.state, new.state) not in (
        ('waiting', 'running'), ('waiting', 'done'), ('waiting', 'cancelled'),
        ('waiting', 'refused'), ('running', 'done')
    ))
    execute function app.refuse_move('a request about data', 'state');

-- skillbridge.domain.uploads.upload
create or replace trigger guard_upload before update of state on uploads for each row
    when (old.state <> new.state and (old.state, new.state) not in (
        ('receiving', 'received'), ('received', 'done'), ('received', 'refused')
    ))
    execute function app.refuse_move('an upload', 'state');

-- skillbridge.domain.cohorts.placement
create or replace trigger guard_placement before update of state on placements for each row
    when (old.state <> new.state and (old.state, new.state) not in (
        ('proposed', 'applied'), ('proposed', 'skipped')
    ))
    execute function app.refuse_move('a placement', 'state');
