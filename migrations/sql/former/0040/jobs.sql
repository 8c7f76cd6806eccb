-- The worker's part of the ledger, each in one round trip and one commit: functions that say by
-- themselves that the system acts. It is believed from a login that is the system's, as in any
-- transaction; the setting is local, so it ends with the statement.

-- The longest due first. What somebody else is claiming, settling or extending is passed over.
create or replace function app.claim_jobs(most bigint, hold interval)
    returns table (
        id uuid, tenant_id uuid, kind text, slot text, event_id uuid, attempts smallint,
        lease bigint, error text, name text, payload jsonb, request_id text
    )
    language plpgsql volatile
as $$
#variable_conflict use_column
begin
    perform set_config('app.standing', 'system', true);
    return query
    with due as materialized (
        select j.id, coalesce(j.lease_until, j.due_at) as since
        from public.jobs as j
        where (j.state = 'ready' or j.state = 'running')
            and coalesce(j.lease_until, j.due_at) <= now()
        order by coalesce(j.lease_until, j.due_at)
        limit most
        for update skip locked
    ),
    claimed as (
        update public.jobs as j
        set state = 'running', attempts = j.attempts + 1, lease = j.lease + 1,
            lease_until = now() + hold
        from due
        where j.id = due.id
        returning j.id, j.tenant_id, j.kind, j.slot, j.event_id, j.attempts, j.lease, j.error,
            due.since
    )
    select
        c.id, c.tenant_id, c.kind, c.slot, c.event_id, c.attempts, c.lease, c.error,
        e.name, e.payload, e.request_id
    from claimed as c
    left join public.events as e on e.id = c.event_id
    order by c.since;
end
$$;

create or replace function app.extend_job(job uuid, held bigint, hold interval)
    returns table (id uuid)
    language plpgsql volatile
as $$
#variable_conflict use_column
begin
    perform set_config('app.standing', 'system', true);
    return query
    update public.jobs as j set lease_until = now() + hold
    where j.id = job and j.lease = held and j.state = 'running'
    returning j.id;
end
$$;

-- Jobs that wrote nothing; whoever's lease is another by now finishes nothing.
create or replace function app.finish_jobs(job_ids uuid[], leases bigint[])
    returns table (id uuid)
    language plpgsql volatile
as $$
#variable_conflict use_column
begin
    perform set_config('app.standing', 'system', true);
    return query
    update public.jobs as j
    set state = 'done', done_at = now(), lease_until = null, error = null
    from unnest(job_ids, leases) as held (id, lease)
    where j.id = held.id and j.lease = held.lease and j.state = 'running'
    returning j.id;
end
$$;

-- Goes to the server with the COMMIT of what a job did: either the job is still held, and is done
-- with its effect, or nothing of it is stored. A `step` only looks, and leaves the job running.
create or replace function app.settle_job(job uuid, held bigint, step boolean) returns void
    language plpgsql volatile
as $$
begin
    if step then
        perform from public.jobs as j
        where j.id = job and j.lease = held and j.state = 'running'
        for share;
    else
        update public.jobs as j
        set state = 'done', done_at = now(), lease_until = null, error = null
        where j.id = job and j.lease = held and j.state = 'running';
    end if;
    if not found then
        raise exception 'the lease of this job was lost' using errcode = 'SB001';
    end if;
end
$$;

-- How many jobs are done, kept beside them: counting a million takes long. Whoever finishes a job adds
-- to a row that nobody else holds, or to a new one, so that no worker ever waits for another; there
-- are as many rows as ever finished a job at the same time, and their sum is the number.
create or replace function app.tally_done() returns trigger
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

create or replace trigger tally_new after insert on jobs for each row
    when (new.state = 'done') execute function app.tally_done();
create or replace trigger tally_done after update of state on jobs for each row
    when ((old.state = 'done') <> (new.state = 'done')) execute function app.tally_done();
create or replace trigger tally_gone after delete on jobs for each row
    when (old.state = 'done') execute function app.tally_done();
create or replace trigger tally_none after truncate on jobs
    for each statement execute function app.tally_done();
