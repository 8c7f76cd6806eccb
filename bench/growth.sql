-- One tenant: very many mentors, a million finished jobs, and one learner with what a first screen
-- shows. Skills, words, languages and countries are a few common ones and many rare.
set session_replication_role = replica;

insert into tenants (id, slug, name) values ('{tenant}', 'bench', 'Bench');

create temporary table mentor as
select
    n, case when n = 1 then '{learner}'::uuid else gen_random_uuid() end as id,
    now() - n * interval '1 minute' as at, random() as a, random() as b, random() as c
from generate_series(1, {mentors}) as n;

insert into users (id, tenant_id, email, email_verified_at, password_hash)
select id, '{tenant}', 'person-' || n || '@example.test', at, 'nobody logs in' from mentor;

insert into profiles (user_id, tenant_id, name, bio, country, languages, skills)
select
    id, '{tenant}', 'Person ' || n,
    (select string_agg('word' || floor(power(random(), 3) * 5000), ' ')
     from generate_series(1, 30) where n > 0),
    (array['NG', 'KE', 'GH', 'ZA', 'IN', 'BR', 'US', 'DE', 'IS'])[1 + floor(power(a, 2.5) * 9)::int],
    case when b < 0.7 then '{{en}}'::text[] else array['l' || floor(power(c, 2) * 60)] end,
    (select jsonb_object_agg('skill-' || floor(power(random(), 2.5) * 1000), 3)
     from generate_series(1, 4) where n > 0)
from mentor;

insert into mentors (user_id, tenant_id, headline, capacity, active_matches, accepting, created_at)
select id, '{tenant}', 'Mentor of ' || n % 500, 3, floor(random() * 4)::int, true, at from mentor;

drop index ix_mentor_documents_document; -- made again when all are there: ten times as fast
insert into mentor_documents (mentor_id, tenant_id, created_at, document)
select
    m.user_id, m.tenant_id, m.created_at,
    app.document_of(m, p.name, p.bio, p.country, p.languages, p.skills)
from mentors as m
join profiles as p on p.user_id = m.user_id;
create index ix_mentor_documents_document on mentor_documents using gin (document)
    with (fastupdate = off);

insert into roadmaps (
    id, tenant_id, learner_id, title, goal, domain_id, level, hours_per_week, starts_on, status,
    author, modules, created_at
)
select
    gen_random_uuid(), '{tenant}', case when n <= 40 then '{learner}'::uuid else id end, 'Roadmap ' || n,
    'Become a data analyst', 'data-analysis', 'beginner', 6, date '2026-01-05', 'ready', 'template',
    $modules${modules}$modules$, at
from mentor where n <= 10000;

insert into completions (roadmap_id, module_id, tenant_id, learner_id, completed_at)
select id, module ->> 'id', tenant_id, learner_id, created_at + place * interval '1 hour'
from roadmaps, jsonb_array_elements(modules) with ordinality as m (module, place)
where place <= 5;

insert into notices (id, tenant_id, user_id, event_id, kind, title, body, created_at)
select
    gen_random_uuid(), '{tenant}', case when n <= 40 then '{learner}'::uuid else id end,
    gen_random_uuid(), 'news', 'News', 'Of the day', at
from mentor where n <= 10000;

insert into matches (id, tenant_id, learner_id, mentor_id, status, requested_at, expires_at)
select
    gen_random_uuid(), '{tenant}', case when m.n <= 40 then '{learner}'::uuid else m.id end, o.id,
    'completed', m.at, m.at
from mentor as m join mentor as o on o.n = m.n + 1 where m.n <= 10000;

insert into jobs (id, tenant_id, kind, slot, state, created_at, done_at)
select gen_random_uuid(), '{tenant}', 'AwardBadges', n::text, 'done', at, at
from (select n, now() - n * interval '1 second' as at from generate_series(1, {jobs}) as n) as job;
insert into job_tallies (done) values ({jobs});

set session_replication_role = origin;
create role {reader} login bypassrls password '{password}';
grant usage on schema public to {reader};
grant select on all tables in schema public to {reader};
