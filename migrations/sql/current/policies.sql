-- Who sees and changes which rows: every policy there is, most of them in one of a few shapes.
--
-- Row level security is forced, so that even the owner of the tables obeys. A shape is a text that
-- PostgreSQL reads here, once: what it plans are plain conditions. Each function in them stands in a
-- scalar subquery: it is then asked once a statement and not once a row.

do $$
declare
    one record;
begin
    for one in
        select c.relname as name from pg_class as c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
            and c.relowner = 'skillbridge_owner'::regrole and c.relname <> 'alembic_version'
            and not (c.relrowsecurity and c.relforcerowsecurity)
    loop
        execute format('alter table %I enable row level security', one.name);
        execute format('alter table %I force row level security', one.name);
    end loop;
    for one in
        select p.polname as name, c.relname as on_table
        from pg_policy as p join pg_class as c on c.oid = p.polrelid
        where c.relnamespace = 'public'::regnamespace
            and c.relowner = 'skillbridge_owner'::regrole
    loop
        execute format('drop policy %I on %I', one.name, one.on_table);
    end loop;
end
$$;

do $$
declare
    tenant constant text := 'tenant_id = (select app.tenant_id())';
    me constant text := '(select app.user_id())';
    door constant text := '(select app.is_doorkeeper())';
    admin constant text := '(select app.is_admin())';
    system constant text := '(select app.is_system())';
    served constant text := 'tenant_id = (select app.served_tenant())';
    one record;
    condition text;
begin
    for one in
        select * from (values
            -- table, policy, for, shape, column of the shape

            -- a tenant's settings are its administrators' to see and to add to, and nobody's to change
            ('tenant_settings', 'admins_read', 'select', 'admin', null),
            ('tenant_settings', 'admins_add', 'insert', 'admin', null),

            -- accounts
            ('users', 'self_door_system', 'all', 'own or door', 'id'),
            ('sign_ins', 'self_door_system', 'all', 'own or door', 'user_id'),
            ('refresh_tokens', 'door_system', 'all', 'door', null),
            ('registrations', 'door_system', 'all', 'door', null),
            ('second_factors', 'door_system', 'all', 'door', null),
            ('one_time_proofs', 'door_system', 'all', 'door', null),
            ('passkeys', 'door_system', 'all', 'door', null),
            ('phones', 'door_system', 'all', 'door', null),
            ('spent_challenges', 'door_system', 'all', 'door', null),
            ('api_tokens', 'door_system', 'all', 'door', null),
            ('identities', 'door_system', 'all', 'door', null),
            ('authorization_requests', 'door_system', 'all', 'door', null),
            ('profiles', 'self_door_system', 'all', 'own or door', 'user_id'),

            -- what somebody was answered is theirs to ask again
            ('kept_answers', 'self_system', 'all', 'own', 'user_id'),

            -- mentors are known to their tenant
            ('mentors', 'tenant_reads', 'select', 'tenant', null),
            ('mentors', 'self_system_inserts', 'insert', 'own', 'user_id'),
            ('mentors', 'self_system_updates', 'update', 'own', 'user_id'),
            ('pool_versions', 'tenant_reads', 'select', 'tenant', null),
            ('pool_versions', 'system_writes', 'all', 'system of the tenant', null),
            -- Workers and the API alike refill a matcher, so both write here. It is made of what both
            -- may read, and a wrong number only lets answers come from the fallback.
            ('pool_seals', 'tenant_seals', 'all', 'tenant', null),
            ('mentor_digests', 'tenant_seals', 'all', 'tenant', null),

            -- what belongs to a learner
            ('roadmaps', 'learner_system', 'all', 'own', 'learner_id'),
            ('completions', 'learner_system', 'all', 'own', 'learner_id'),
            ('trophies', 'owner_reads', 'select', 'own', 'user_id'),
            ('trophies', 'system_awards', 'insert', 'system of the tenant', null),
            ('trophies', 'system_erases', 'delete', 'system of the tenant', null),
            ('notices', 'owner_reads', 'select', 'own', 'user_id'),
            ('notices', 'owner_marks', 'update', 'own', 'user_id'),
            ('notices', 'system_tells', 'insert', 'system of the tenant', null),
            ('notices', 'system_erases', 'delete', 'system of the tenant', null),
            ('privacy_requests', 'self_system_read', 'select', 'own', 'user_id'),
            ('privacy_requests', 'system_forgets', 'delete', 'system of the tenant', null),
            ('exports', 'owner_reads', 'select', 'own', 'user_id'),
            ('exports', 'system_writes', 'all', 'system of the tenant', null),
            ('uploads', 'self_system_read', 'select', 'own', 'user_id'),
            ('uploads', 'self_system_take_back', 'delete', 'own', 'user_id'),
            ('avatars', 'system_writes', 'all', 'system of the tenant', null),
            ('avatars', 'owner_reads', 'select', 'own', 'user_id'),
            ('avatars', 'owner_removes', 'delete', 'own', 'user_id'),

            -- a match is seen by both sides
            ('matches', 'both_sides_read', 'select', 'either side', null),

            -- cohorts are the business of the tenant's administrators; only the system finds and applies
            ('cohort_runs', 'admins_system', 'all', 'admin', null),
            ('cohort_runs', 'services_read', 'select', 'service', null),
            ('placements', 'admins_read', 'select', 'admin', null),
            ('placements', 'services_read', 'select', 'service', null),
            ('placements', 'system_writes', 'insert', 'system of the tenant', null),
            ('placements', 'system_applies', 'update', 'system of the tenant', null),
            ('placements', 'system_erases', 'delete', 'system of the tenant', null),

            -- whoever was shown a list adds it in their own name; only the system reads and forgets
            ('impressions', 'learner_system_adds', 'insert', 'own', 'learner_id'),
            ('impressions', 'system_reads', 'select', 'system of the tenant', null),
            ('impressions', 'system_forgets', 'delete', 'system of the tenant', null),

            -- what was done is read by the tenant's administrators; the system finds whose entries wait
            ('audit_entries', 'admins_read', 'select', 'admin', null),
            ('audit_entries', 'system_finds', 'select', 'system', null),
            ('audit_entries', 'system_seals', 'update', 'system of the tenant', null),
            ('audit_heads', 'system_seals', 'all', 'system of the tenant', null),

            -- the system reads events and works on jobs, of every tenant
            ('events', 'system_reads', 'select', 'system', null),
            ('events', 'system_unwords', 'update', 'system of the tenant', null),
            ('events', 'system_forgets', 'delete', 'system of the tenant', null),
            ('jobs', 'system_reads', 'select', 'system', null),
            ('jobs', 'system_forgets', 'delete', 'system of the tenant', null),
            ('jobs', 'system_works', 'update', 'system', null),
            ('job_tallies', 'system_counts', 'all', 'system', null),

            -- the API speaks for itself only: a worker that nobody has started cannot be made up by it
            ('processes', 'anyone_reads', 'select', 'anyone', null),
            ('processes', 'each_for_itself_comes', 'insert', 'the api itself', null),
            ('processes', 'each_for_itself_beats', 'update', 'the api itself', null),
            ('processes', 'each_for_itself_goes', 'delete', 'the api itself', null)
        ) as p (on_table, name, command, shape, owner)
    loop
        condition := case one.shape
            when 'anyone' then 'true'
            when 'system' then system
            when 'the api itself' then format('part = ''api'' or %s', system)
            when 'tenant' then tenant
            when 'system of the tenant' then format('%s and %s', tenant, system)
            when 'door' then format('%s and (%s or %s)', tenant, door, system)
            when 'service' then served
            when 'admin' then format('%s and (%s or %s)', tenant, admin, system)
            when 'own' then format('%s and (%I = %s or %s)', tenant, one.owner, me, system)
            when 'own or door' then
                format('%s and (%I = %s or %s or %s)', tenant, one.owner, me, door, system)
            when 'either side' then
                format('%s and (learner_id = %s or mentor_id = %s or %s)', tenant, me, me, system)
        end;
        execute format(
            'create policy %I on %I for %s %s (%s)', one.name, one.on_table, one.command,
            case one.command when 'insert' then 'with check' else 'using' end, condition
        );
    end loop;
end
$$;

-- Policies with a rule of their own.

create policy system_writes on tenants for all
    using ((select app.is_system())) with check ((select app.is_system()));

-- Profiles: a mentor's, to everyone of the tenant; the other side's of a match that waits or lasts, and
-- not of one that is over (skillbridge.domain.matching.match); and an administrator
-- reads the names of those whom a run has placed, and of nobody else.
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
            exists (
                select from matches as m
                where m.learner_id = profiles.user_id and m.mentor_id = (select app.user_id())
                    and m.status in ('requested', 'active')
            )
            or exists (
                select from matches as m
                where m.mentor_id = profiles.user_id and m.learner_id = (select app.user_id())
                    and m.status in ('requested', 'active')
            )
        )
    );
create policy admins_read_the_placed on profiles for select
    using (
        tenant_id = (select app.tenant_id())
        and (select app.is_admin())
        and (
            exists (select from placements as p where p.learner_id = profiles.user_id)
            or exists (select from placements as p where p.mentor_id = profiles.user_id)
        )
    );

-- A request about one's data is made by its person, who may take it back; what is done about it, the system does.
create policy self_asks on privacy_requests for insert
    with check (
        tenant_id = (select app.tenant_id())
        and (user_id = (select app.user_id()) and state = 'waiting' or (select app.is_system()))
    );
create policy self_cancels on privacy_requests for update
    using (
        tenant_id = (select app.tenant_id())
        and (user_id = (select app.user_id()) and state = 'waiting' or (select app.is_system()))
    )
    with check (
        tenant_id = (select app.tenant_id())
        and (user_id = (select app.user_id()) and state in ('waiting', 'cancelled')
            or (select app.is_system()))
    );

-- A file is announced and sent by its person; what it is, the system finds.
create policy self_announces on uploads for insert
    with check (
        tenant_id = (select app.tenant_id())
        and (user_id = (select app.user_id()) and state = 'receiving' or (select app.is_system()))
    );
create policy self_sends on uploads for update
    using (
        tenant_id = (select app.tenant_id())
        and (user_id = (select app.user_id()) or (select app.is_system()))
    )
    with check (
        tenant_id = (select app.tenant_id())
        and (user_id = (select app.user_id()) and state in ('receiving', 'received')
            or (select app.is_system()))
    );

-- A picture is seen by whoever sees the profile: the policies of profiles answer here, too.
create policy profile_is_seen on avatars for select
    using (
        tenant_id = (select app.tenant_id())
        and exists (select from profiles as p where p.user_id = avatars.user_id)
    );

-- A match is asked for by the learner.
create policy learner_asks on matches for insert
    with check (
        tenant_id = (select app.tenant_id())
        and (learner_id = (select app.user_id()) and status = 'requested'
            or (select app.is_system()))
    );

-- What each side may make of it (skillbridge.domain.matching.match); that it ran out, the system alone says.
create policy each_side_moves on matches for update
    using (
        tenant_id = (select app.tenant_id())
        and (learner_id = (select app.user_id()) or mentor_id = (select app.user_id())
            or (select app.is_system()))
    )
    with check (
        tenant_id = (select app.tenant_id())
        and (learner_id = (select app.user_id())
                and status in ('requested', 'withdrawn', 'completed', 'cancelled')
            or mentor_id = (select app.user_id())
                and status in ('requested', 'active', 'declined', 'completed', 'cancelled')
            or (select app.is_system()))
    );

-- Whoever acts adds events and jobs, in no name but their own; without a name does so who has none:
-- whoever is not known yet, and the system.
create policy anyone_emits on events for insert
    with check (
        tenant_id = (select app.tenant_id())
        and (actor_id = (select app.user_id())
            or actor_id is null and (select app.is_doorkeeper())
            or (select app.is_system()))
    );
create policy anyone_is_audited on audit_entries for insert
    with check (
        tenant_id = (select app.tenant_id())
        and (actor_kind = 'person' and actor_id = (select app.user_id())
            or actor_kind in ('person', 'nobody') and (select app.is_doorkeeper())
            or (select app.is_system()))
    );
create policy anyone_plans on jobs for insert
    with check (tenant_id = (select app.tenant_id()) or (select app.is_system()));

-- No operator of text search is held to keep secrets, so beside a policy none may use an index. This
-- policy asks by itself: a document is seen as an answer to a search within the tenant, or not at all.
create policy tenant_finds on mentor_documents for select
    using (tenant_id = (select app.tenant_id()) and document @@ (select app.asked()));
create policy triggers_write on mentor_documents for all to skillbridge_owner
    using (tenant_id = (select app.tenant_id()));

-- A tenant that is being erased loses its rows in every table that has some, also in those to come.
do $$
declare
    one record;
begin
    for one in
        select c.relname as name
        from pg_class as c
        join pg_attribute as a on a.attrelid = c.oid and a.attname = 'tenant_id'
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
            and c.relowner = 'skillbridge_owner'::regrole and not c.relispartition
    loop
        execute format(
            'create policy erased_with_its_tenant on %I for delete to skillbridge_owner
                using (tenant_id = (select app.erased_tenant()))', one.name
        );
    end loop;
end
$$;
