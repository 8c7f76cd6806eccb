-- Each login may do what its program does, and no more. What stands here is all there is.

grant usage on schema app to skillbridge_app, skillbridge_worker;
revoke all on all functions in schema app from public, skillbridge_app, skillbridge_worker;
revoke all on all tables in schema public from skillbridge_app, skillbridge_worker;

-- Both may call what tells who asks, and what policies and searches are made of.
grant execute on function
    app.tenant_id(), app.user_id(), app.is_system(), app.is_doorkeeper(), app.is_admin(),
    app.lock_journey(uuid, uuid),
    app.asked(), app.folded(text), app.term(text, text),
    app.newest_after(timestamptz, uuid, bigint),
    app.find_newest(timestamptz, uuid, timestamptz, uuid, bigint),
    app.find_mentors(text, text, text, text, boolean, timestamptz, uuid, bigint)
    to skillbridge_app, skillbridge_worker;
grant execute on function
    app.claim_jobs(bigint, interval),
    app.extend_job(uuid, bigint, interval),
    app.finish_jobs(uuid[], bigint[]),
    app.settle_job(uuid, bigint, boolean)
    to skillbridge_worker;

-- which migration the database stands at, for the health check
grant select on alembic_version to skillbridge_app, skillbridge_worker;

-- of both
grant select, insert, update, delete on processes, pool_seals, mentor_digests
    to skillbridge_app, skillbridge_worker;
grant select, insert, delete on completions, registrations
    to skillbridge_app, skillbridge_worker;
grant select, insert, update, delete on second_factors to skillbridge_app;
grant select, update (sealed_secret) on second_factors to skillbridge_worker;

-- the API
grant select on tenants, users, sign_ins, refresh_tokens, profiles, mentors, mentor_documents,
    pool_versions, roadmaps, matches, trophies, notices, cohort_runs, placements, kept_answers
    to skillbridge_app;
grant insert on users, sign_ins, refresh_tokens, profiles, mentors, roadmaps, matches, events, jobs,
    cohort_runs, impressions, kept_answers
    to skillbridge_app;
grant update on users, sign_ins, refresh_tokens, profiles, mentors, roadmaps, matches
    to skillbridge_app;
grant update (read_at) on notices to skillbridge_app;
grant update (status, confirmed_by, confirmed_at, ended_at) on cohort_runs to skillbridge_app;

-- the worker
grant select, insert, update on tenants, users, sign_ins, refresh_tokens, profiles, mentors,
    pool_versions, roadmaps, matches, trophies, notices, events, jobs, cohort_runs, placements
    to skillbridge_worker;
grant update on completions to skillbridge_worker;
grant select, delete on impressions, kept_answers to skillbridge_worker;
grant select on job_tallies to skillbridge_worker;
