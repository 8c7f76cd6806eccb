-- Each login may do what its program does, and no more. What stands here is all there is.

grant usage on schema app to skillbridge_app, skillbridge_auth, skillbridge_worker;
revoke all on all functions in schema app
    from public, skillbridge_app, skillbridge_auth, skillbridge_worker;
revoke all on all tables in schema public from skillbridge_app, skillbridge_auth, skillbridge_worker;

-- All may call what tells who asks; what policies and searches are made of, those who read so much.
grant execute on function app.tenant_id(), app.user_id(), app.is_system(), app.is_doorkeeper()
    to skillbridge_app, skillbridge_auth, skillbridge_worker;
grant execute on function
    app.is_admin(),
    app.tenant_of_slug(text), app.tenant_now(),
    app.served_tenant(),
    app.lock_journey(uuid, uuid),
    app.asked(), app.folded(text), app.term(text, text),
    app.newest_after(timestamptz, uuid, bigint),
    app.find_newest(timestamptz, uuid, timestamptz, uuid, bigint),
    app.find_mentors(text, text, text, text, boolean, timestamptz, uuid, bigint)
    to skillbridge_app, skillbridge_worker;
grant execute on function app.ended_sign_ins(uuid[]), app.holding(bytea) to skillbridge_app;
grant execute on function
    app.account, app.account_of, app.lock_account, app.lock_account_of, app.add_account,
    app.save_account,
    app.add_sign_in, app.lock_sign_in, app.links, app.keep_link, app.move_sign_in,
    app.living_sign_in, app.has_signed_in, app.end_sign_ins,
    app.add_registration, app.registration, app.registrations_of, app.guess_registration,
    app.end_registrations,
    app.replace_proof, app.proof, app.guess_proof, app.guess_proof_at, app.use_proof, app.end_proofs,
    app.add_api_token, app.api_tokens_of, app.end_api_tokens, app.use_api_token,
    app.second_factor, app.lock_second_factor, app.put_second_factor, app.remove_second_factor,
    app.add_passkey, app.passkey_of, app.passkeys_of, app.save_passkey, app.remove_passkey,
    app.spend_challenge,
    app.add_identity, app.identity, app.identities_of, app.remove_identity,
    app.begin_authorization, app.authorization_request, app.take_authorization,
    app.hold_authorization, app.let_go_authorization,
    app.phone, app.put_phone, app.confirm_phone, app.remove_phones, app.begin_text, app.end_text
    to skillbridge_auth, skillbridge_worker;
grant execute on function
    app.claim_jobs(bigint, interval),
    app.extend_job(uuid, bigint, interval),
    app.finish_jobs(uuid[], bigint[]),
    app.settle_job(uuid, bigint, boolean),
    app.prepare_audit(date, int), app.retire_audit(date),
    app.open_rows(text), app.erase_rows(text, bigint), app.forget_tenant()
    to skillbridge_worker;

-- which migration the database stands at, for the health check
grant select on alembic_version to skillbridge_app, skillbridge_auth, skillbridge_worker;

-- what happened, and what follows from it: whatever else a row has is not its writer's to say
grant insert (id, tenant_id, name, payload, actor_id, request_id, at) on events
    to skillbridge_app, skillbridge_auth;
grant insert (id, tenant_id, kind, event_id) on jobs to skillbridge_app, skillbridge_auth;
-- what was done, too: when it was written and its place in the chain are not its writer's to say
grant insert (
    id, tenant_id, action, category, actor_kind, actor_id, subject_id, operator, network, request_id,
    correlation_id, details
) on audit_entries to skillbridge_app, skillbridge_auth, skillbridge_worker;

-- of the API and the worker
grant select, insert, update, delete on processes, pool_seals, mentor_digests
    to skillbridge_app, skillbridge_worker;
grant select, insert, delete on completions to skillbridge_app, skillbridge_worker;
grant select, insert on tenant_settings to skillbridge_app, skillbridge_worker;

-- the API, for those who are signed in. It writes what people may say, and nothing that follows from
-- a rule: no role, load or rating, no version, no verified address. It reads no password and no token.
grant select on profiles, mentors, mentor_documents,
    pool_versions, roadmaps, matches, trophies, notices, cohort_runs, placements, kept_answers,
    audit_entries
    to skillbridge_app;
grant select (id, tenant_id, email, roles, email_verified_at, created_at, deleted_at, disabled_at)
    on users to skillbridge_app;
grant select (
    id, tenant_id, user_id, device, key, network, created_at, last_used_at, expires_at, revoked_at
) on sign_ins to skillbridge_app;
grant update (revoked_at, expires_at) on sign_ins to skillbridge_app;
grant update (name, bio, country, time_zone, languages, skills, availability) on profiles
    to skillbridge_app;
grant insert (user_id, tenant_id, headline, capacity, accepting, experience_years, created_at)
    on mentors to skillbridge_app;
grant update (headline, capacity, accepting, experience_years) on mentors to skillbridge_app;
grant insert (
    id, tenant_id, learner_id, title, goal, domain_id, level, hours_per_week, known_skills,
    starts_on, status
) on roadmaps to skillbridge_app;
grant update (percent) on roadmaps to skillbridge_app;
grant insert (
    id, tenant_id, learner_id, mentor_id, status, message, requested_at, expires_at
) on matches to skillbridge_app;
grant update (status, answered_at, ended_at) on matches to skillbridge_app;
grant update (read_at) on notices to skillbridge_app;
grant update (status, confirmed_by, confirmed_at, ended_at) on cohort_runs to skillbridge_app;
grant insert on cohort_runs, impressions, kept_answers to skillbridge_app;
grant select on exports to skillbridge_app;
grant select (id, tenant_id, user_id, kind, state, asked_at, due_at, acts_at, ended_at)
    on privacy_requests to skillbridge_app;
grant insert (id, tenant_id, user_id, kind, state, asked_at, due_at, acts_at)
    on privacy_requests to skillbridge_app;
grant update (state, ended_at) on privacy_requests to skillbridge_app;

-- signing in, for those who are not known yet: what it finds and changes, it does by the functions above
grant insert (
    user_id, tenant_id, name, bio, country, time_zone, languages, skills, availability
) on profiles to skillbridge_auth;

-- the worker
grant select, insert, update on tenants, users, sign_ins, refresh_tokens, profiles, mentors,
    pool_versions, roadmaps, matches, trophies, notices, events, jobs, cohort_runs, placements
    to skillbridge_worker;
grant update on completions to skillbridge_worker;
grant select, insert, delete on registrations to skillbridge_worker;
grant select, delete on one_time_proofs, spent_challenges, authorization_requests, identities, passkeys
    to skillbridge_worker;
grant select, delete, update (sealed_secret) on second_factors to skillbridge_worker;
grant select, delete, update (sealed_number, number_index) on phones to skillbridge_worker;
grant select, delete, update (name, revoked_at, expires_at) on api_tokens to skillbridge_worker;
grant insert (id, tenant_id, user_id, name, hash, scopes, created_at, expires_at) on api_tokens
    to skillbridge_worker;
grant select, delete on impressions, kept_answers to skillbridge_worker;
grant delete on sign_ins, refresh_tokens to skillbridge_worker;
grant select on job_tallies to skillbridge_worker;
grant select, update (n, hash, sealed_at) on audit_entries to skillbridge_worker;
grant select, insert, update (n, hash) on audit_heads to skillbridge_worker;

-- erasing people, and forgetting by age
grant select, insert, update, delete on privacy_requests, exports to skillbridge_worker;
grant delete on profiles, roadmaps, trophies, notices, placements, events, jobs to skillbridge_worker;
