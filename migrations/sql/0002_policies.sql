-- Cohorts are the business of the tenant's administrators; only the system finds and applies.

alter table cohort_runs enable row level security;
alter table cohort_runs force row level security;
alter table placements enable row level security;
alter table placements force row level security;

create policy admins_system on cohort_runs for all
    using (
        tenant_id = (select app.tenant_id())
        and ((select app.is_admin()) or (select app.is_system()))
    );
create policy admins_read on placements for select
    using (
        tenant_id = (select app.tenant_id())
        and ((select app.is_admin()) or (select app.is_system()))
    );
create policy system_writes on placements for insert
    with check (tenant_id = (select app.tenant_id()) and (select app.is_system()));
create policy system_applies on placements for update
    using (tenant_id = (select app.tenant_id()) and (select app.is_system()));

-- An administrator reads the names of those whom a run has placed, and of nobody else.
create policy admins_read_the_placed on profiles for select
    using (
        tenant_id = (select app.tenant_id())
        and (select app.is_admin())
        and (
            user_id in (select p.learner_id from placements as p)
            or user_id in (select p.mentor_id from placements as p)
        )
    );

revoke execute on function app.is_admin() from public;
grant execute on function app.is_admin() to skillbridge_app, skillbridge_worker;

grant select, insert, update on cohort_runs, placements to skillbridge_worker;
grant select, insert on cohort_runs to skillbridge_app;
grant update (status, confirmed_by, confirmed_at, ended_at) on cohort_runs to skillbridge_app;
grant select on placements to skillbridge_app;
