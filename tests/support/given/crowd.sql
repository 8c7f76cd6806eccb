-- Very many other people, and much of one person's own: rows enough that plans show what they cost.
-- Triggers and keys are off meanwhile. Half of the crowd lives here and mentors nobody, half abroad
-- and mentors; ids count upwards, by table, and nothing that was there before is touched.
set session_replication_role = replica;

create function pg_temp.nth(kind text, n bigint) returns uuid language sql immutable as
$$ select (kind || lpad(to_hex(n), 24, '0'))::uuid $$;

-- The one who asks has the numbers below zero.
create temporary table crowd as
select
    n,
    case when n < 0 then '{person}' else pg_temp.nth('0000000a', n) end as who,
    pg_temp.nth('0000000a', 1 + (abs(n) + 7) % {others}) as other,
    case when n < 0 or n % 2 = 0 then '{here}' else '{abroad}' end::uuid as tenant,
    n % 2 <> 0 as mentors,
    now() - abs(n) * interval '1 minute' as at
from generate_series(-{own}, {others}) as n
where n <> 0;

insert into users (id, tenant_id, email, email_verified_at, password_hash, created_at)
select who, tenant, 'crowd-' || n || '@example.test', at, 'x', at from crowd where n > 0;

insert into profiles (user_id, tenant_id, name, bio, country, languages, skills)
select
    who, tenant, 'Person ' || n, 'Mentors ' || case when n % 1000 = 1 then 'gladly' else 'often' end,
    case when n % 500 = 1 then 'IS' else 'KE' end,
    case when n % 700 = 1 then '{{is}}'::text[] else '{{en}}' end,
    case when n % 900 = 1 then '{{"rust": 5}}'::jsonb else '{{"sql": 4}}' end
from crowd where n > 0;

insert into mentors (user_id, tenant_id, headline, capacity, active_matches, accepting, created_at)
select who, tenant, 'Mentor ' || n, 1, (n % 800 <> 1)::int, mentors, at from crowd where n > 0;

drop index ix_mentor_documents_document; -- made again when all are there: ten times as fast
insert into mentor_documents (mentor_id, tenant_id, created_at, document)
select
    m.user_id, m.tenant_id, m.created_at,
    app.document_of(m, p.name, p.bio, p.country, p.languages, p.skills)
from mentors as m
join profiles as p on p.user_id = m.user_id
join crowd as c on c.n > 0 and c.who = m.user_id
where m.accepting;
create index ix_mentor_documents_document on mentor_documents using gin (document)
    with (fastupdate = off);

insert into roadmaps (
    id, tenant_id, learner_id, title, goal, domain_id, level, hours_per_week, starts_on, status,
    author, modules, created_at
)
select
    pg_temp.nth(case when n < 0 then '0000000c' else '0000000b' end, abs(n)), tenant, who, 'Road',
    'Goal', 'python', 'beginner', 5, '2026-01-05', 'ready', 'template',
    '[{{"id": "m1", "skill": "sql", "weight": 60}}, {{"id": "m2", "skill": "rust", "weight": 60}}]', at
from crowd;

insert into completions (roadmap_id, module_id, tenant_id, learner_id, completed_at)
select pg_temp.nth(case when n < 0 then '0000000c' else '0000000b' end, abs(n)), 'm1', tenant, who, at
from crowd;

insert into matches (
    id, tenant_id, learner_id, mentor_id, status, requested_at, expires_at
)
select
    gen_random_uuid(), tenant, case when n < 0 and mentors then other else who end,
    case when n < 0 and mentors then who else other end, 'completed', at, at
from crowd;

insert into notices (id, tenant_id, user_id, event_id, kind, title, body, created_at)
select gen_random_uuid(), tenant, who, gen_random_uuid(), 'news', 'News', 'Of the day', at from crowd;

insert into trophies (user_id, badge_id, tenant_id, awarded_at)
select who, 'first', tenant, at from crowd where n > 0;

insert into second_factors (user_id, tenant_id, sealed_secret, confirmed_at)
select who, tenant, 'sealed', at from crowd where n > 0;

insert into phones (id, user_id, tenant_id, sealed_number, number_index, verified_at)
select gen_random_uuid(), who, tenant, 'sealed', sha256(who::text::bytea), at from crowd where n > 0;

insert into passkeys (
    id, user_id, tenant_id, credential_id, public_key, sign_count, synced, name, created_at
)
select gen_random_uuid(), who, tenant, sha256(who::text::bytea), 'key', 0, false, 'A phone', at
from crowd where n > 0;

insert into api_tokens (id, tenant_id, user_id, name, hash, scopes, created_at, expires_at)
select gen_random_uuid(), tenant, who, 'laptop', sha256(who::text::bytea), '{{badges:read}}', at, at
from crowd where n > 0;

insert into identities (id, tenant_id, user_id, issuer, subject, created_at)
select gen_random_uuid(), tenant, who, 'https://github.test/' || n, n, at from crowd;

insert into sign_ins (id, tenant_id, user_id, created_at, expires_at)
select gen_random_uuid(), tenant, who, at, at from crowd;

insert into cohort_runs (id, tenant_id, status, mode, ordered_at, expires_at)
select gen_random_uuid(), tenant, 'discarded', 'greedy', at, at from crowd where n > 0;

insert into placements (cohort_id, learner_id, tenant_id, mentor_id, total, terms, reasons, state)
select '{cohort}', who, '{here}', other, 1, '{{}}', '{{}}', 'proposed' from crowd where n > 0;

insert into jobs (id, tenant_id, kind, slot, state, created_at, done_at)
select gen_random_uuid(), tenant, 'Crowd', n::text, 'done', at, at from crowd where n > 0;
insert into privacy_requests (id, tenant_id, user_id, kind, state, asked_at, due_at, acts_at, ended_at)
select gen_random_uuid(), tenant, who, 'export', 'done', at, at, at, at from crowd;
insert into exports (user_id, tenant_id, request_id, archive, expires_at)
select who, tenant, gen_random_uuid(), '', at from crowd where n > 0;
insert into uploads (id, tenant_id, user_id, purpose, size, expires_at)
select gen_random_uuid(), tenant, who, 'avatar', 1, at from crowd;
insert into avatars (user_id, tenant_id, id, small, large, changed_at)
select who, tenant, gen_random_uuid(), 1, 1, at from crowd where n > 0;
insert into tenant_settings (tenant_id, version, settings, changed_at, reason)
select '{abroad}'::uuid, n, '{{}}'::jsonb, now(), 'as many as ever' from generate_series(1, 20000) as n
union all
select '{here}'::uuid, n, '{{}}'::jsonb, now(), 'as many as ever' from generate_series(1, 300) as n
on conflict do nothing;
insert into job_tallies (done) values ({others});

set session_replication_role = origin;
analyze;
