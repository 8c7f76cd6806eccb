-- How many jobs are done, kept beside them: counting a million takes long. Whoever finishes a job adds
-- to a row that nobody else holds, or to a new one, so that no worker ever waits for another; there
-- are as many rows as ever finished a job at the same time, and their sum is the number.

create table job_tallies (
    id UUID default gen_random_uuid() not null,
    done BIGINT not null,
    constraint pk_job_tallies primary key (id)
);

alter table job_tallies enable row level security;
alter table job_tallies force row level security;
create policy system_counts on job_tallies for all using ((select app.is_system()));
grant select on job_tallies to skillbridge_worker;

create function app.tally_done() returns trigger
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    change bigint := 1;
begin
    if tg_op = 'TRUNCATE' then
        delete from public.job_tallies;
        return null;
    elsif tg_op = 'DELETE' or (tg_op = 'UPDATE' and new.state <> 'done') then
        change := -1;
    end if;
    update public.job_tallies set done = done + change
    where id = (select t.id from public.job_tallies as t limit 1 for update skip locked);
    if not found then
        insert into public.job_tallies (done) values (change);
    end if;
    return null;
end
$$;
revoke execute on function app.tally_done() from public;

create trigger tally_new after insert on jobs for each row
    when (new.state = 'done') execute function app.tally_done();
create trigger tally_done after update of state on jobs for each row
    when ((old.state = 'done') <> (new.state = 'done')) execute function app.tally_done();
create trigger tally_gone after delete on jobs for each row
    when (old.state = 'done') execute function app.tally_done();
create trigger tally_none after truncate on jobs
    for each statement execute function app.tally_done();

insert into job_tallies (done) select count(*) from jobs where state = 'done';

-- The newest in a state, and how many there are in the others. A concurrent build could not be part
-- of the migration.
-- squawk-ignore require-concurrent-index-creation
create index ix_jobs_state_newest on jobs (state, created_at desc, id desc);
