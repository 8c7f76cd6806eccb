-- Row level security, forced, so that even the owner of the tables obeys. Each function stands
-- in a scalar subquery: it is then asked once a statement and not once a row.

do $$
declare
    name text;
begin
    foreach name in array array[
        'tenants', 'users', 'sign_ins', 'refresh_tokens', 'profiles', 'mentors', 'pool_versions',
        'roadmaps', 'completions', 'matches', 'trophies', 'notices', 'events', 'jobs'
    ] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
    end loop;
end
$$;

-- tenants: the door must find one by its slug before anybody is known
create policy anyone_reads on tenants for select using (true);
create policy system_writes on tenants for all
    using ((select app.is_system())) with check ((select app.is_system()));

-- accounts
create policy self_door_system on users for all
    using (
        tenant_id = (select app.tenant_id())
        and (id = (select app.user_id())
            or (select app.is_doorkeeper()) or (select app.is_system()))
    );
create policy self_door_system on sign_ins for all
    using (
        tenant_id = (select app.tenant_id())
        and (user_id = (select app.user_id())
            or (select app.is_doorkeeper()) or (select app.is_system()))
    );
create policy door_system on refresh_tokens for all
    using (
        tenant_id = (select app.tenant_id())
        and ((select app.is_doorkeeper()) or (select app.is_system()))
    );

-- profiles: one's own; a mentor's, to everyone of the tenant; the other side's of a match
create policy self_door_system on profiles for all
    using (
        tenant_id = (select app.tenant_id())
        and (user_id = (select app.user_id())
            or (select app.is_doorkeeper()) or (select app.is_system()))
    );
create policy mentors_are_public on profiles for select
    using (
        tenant_id = (select app.tenant_id())
        and exists (
            select from mentors as m where m.user_id = profiles.user_id and m.accepting
        )
    );
create policy other_side_of_a_match on profiles for select
    using (
        tenant_id = (select app.tenant_id())
        and (
            user_id in (
                select m.learner_id from matches as m where m.mentor_id = (select app.user_id())
            )
            or user_id in (
                select m.mentor_id from matches as m where m.learner_id = (select app.user_id())
            )
        )
    );

create policy tenant_reads on mentors for select using (tenant_id = (select app.tenant_id()));
create policy self_system_inserts on mentors for insert
    with check (
        tenant_id = (select app.tenant_id())
        and (user_id = (select app.user_id()) or (select app.is_system()))
    );
create policy self_system_updates on mentors for update
    using (
        tenant_id = (select app.tenant_id())
        and (user_id = (select app.user_id()) or (select app.is_system()))
    );
create policy tenant_reads on pool_versions for select
    using (tenant_id = (select app.tenant_id()));
create policy system_writes on pool_versions for all
    using (tenant_id = (select app.tenant_id()) and (select app.is_system()));

-- what belongs to a learner
create policy learner_system on roadmaps for all
    using (
        tenant_id = (select app.tenant_id())
        and (learner_id = (select app.user_id()) or (select app.is_system()))
    );
create policy learner_system on completions for all
    using (
        tenant_id = (select app.tenant_id())
        and (learner_id = (select app.user_id()) or (select app.is_system()))
    );

-- a match is seen by both sides, and asked for by the learner
create policy both_sides_read on matches for select
    using (
        tenant_id = (select app.tenant_id())
        and (learner_id = (select app.user_id()) or mentor_id = (select app.user_id())
            or (select app.is_system()))
    );
create policy both_sides_update on matches for update
    using (
        tenant_id = (select app.tenant_id())
        and (learner_id = (select app.user_id()) or mentor_id = (select app.user_id())
            or (select app.is_system()))
    );
create policy learner_asks on matches for insert
    with check (
        tenant_id = (select app.tenant_id())
        and (learner_id = (select app.user_id()) and status = 'requested'
            or (select app.is_system()))
    );

create policy owner_reads on trophies for select
    using (
        tenant_id = (select app.tenant_id())
        and (user_id = (select app.user_id()) or (select app.is_system()))
    );
create policy system_awards on trophies for insert
    with check (tenant_id = (select app.tenant_id()) and (select app.is_system()));

create policy owner_reads on notices for select
    using (
        tenant_id = (select app.tenant_id())
        and (user_id = (select app.user_id()) or (select app.is_system()))
    );
create policy owner_marks on notices for update
    using (
        tenant_id = (select app.tenant_id())
        and (user_id = (select app.user_id()) or (select app.is_system()))
    );
create policy system_tells on notices for insert
    with check (tenant_id = (select app.tenant_id()) and (select app.is_system()));

-- events and jobs: whoever acts adds to them in no name but their own, only the system reads
-- them, of every tenant
create policy anyone_emits on events for insert
    with check (
        tenant_id = (select app.tenant_id())
        and (actor_id is null or actor_id = (select app.user_id()) or (select app.is_system()))
    );
create policy system_reads on events for select using ((select app.is_system()));
create policy anyone_plans on jobs for insert
    with check (tenant_id = (select app.tenant_id()) or (select app.is_system()));
create policy system_reads on jobs for select using ((select app.is_system()));
create policy system_works on jobs for update using ((select app.is_system()));

-- grants: each login may do what its program does, and no more
grant usage on schema app to skillbridge_app, skillbridge_worker;
revoke execute on all functions in schema app from public;
grant execute on function
    app.tenant_id(), app.user_id(), app.is_system(), app.is_doorkeeper()
    to skillbridge_app, skillbridge_worker;

grant select on all tables in schema public to skillbridge_worker;
grant insert, update on all tables in schema public to skillbridge_worker;
revoke insert, update on alembic_version from skillbridge_worker;
grant delete on completions to skillbridge_worker;

grant select on tenants, users, sign_ins, refresh_tokens, profiles, mentors, pool_versions,
    roadmaps, completions, matches, trophies, notices
    to skillbridge_app;
grant insert on users, sign_ins, refresh_tokens, profiles, mentors, roadmaps, completions,
    matches, events, jobs
    to skillbridge_app;
grant update on users, sign_ins, refresh_tokens, profiles, mentors, roadmaps, matches
    to skillbridge_app;
grant update (read_at) on notices to skillbridge_app;
grant delete on completions to skillbridge_app;

-- which migration the database stands at, for the health check
grant select on alembic_version to skillbridge_app, skillbridge_worker;
