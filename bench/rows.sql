-- One tenant: learners with roadmaps of twelve modules, of which each has finished some.
-- Triggers are off while this loads; percent is then computed as they would have done.
set session_replication_role = replica;

insert into tenants (id, slug, name) values ('{tenant}', 'bench', 'Bench');

create temporary table learner as
select
    case when n = 1 then '{learner}'::uuid else gen_random_uuid() end as id,
    n,
    case when n = 1 then 40 else {roadmaps} end as roadmaps
from generate_series(1, {learners}) as n;

insert into users (id, tenant_id, email, email_verified_at, password_hash)
select id, '{tenant}', 'learner-' || n || '@example.test', now(), '{password_hash}'
from learner;

insert into roadmaps (
    id, tenant_id, learner_id, title, goal, domain_id, level, hours_per_week, known_skills,
    starts_on, status, author, modules, created_at
)
select
    gen_random_uuid(), '{tenant}', learner.id, 'Roadmap ' || r || ' of learner ' || learner.n,
    'Become a data analyst who can answer the questions of a small company on her own',
    'data-analysis', 'beginner', 6, '{{spreadsheets,english}}', date '2026-01-05', 'ready',
    'template', $modules${modules}$modules$, now() - r * interval '1 day' - learner.n * interval '1 second'
from learner, generate_series(1, learner.roadmaps) as r;

insert into completions (roadmap_id, module_id, tenant_id, learner_id, completed_at)
select id, module ->> 'id', tenant_id, learner_id, created_at + place * interval '1 hour'
from roadmaps, jsonb_array_elements(modules) with ordinality as m (module, place)
where place <= 5;

update roadmaps set percent = app.percent_done(
    modules, array(select c.module_id from completions as c where c.roadmap_id = id)
);

set session_replication_role = origin;
create role {reader} login bypassrls password '{password}';
grant usage on schema public to {reader};
grant select on users, roadmaps, completions, events, jobs to {reader};
grant insert on completions, events, jobs, sign_ins, refresh_tokens, registrations to {reader};
grant update on roadmaps to {reader};
