-- The worker's part of the ledger, each in one round trip and one commit: functions that say by
-- themselves that the system acts. It is believed from a login that is the system's, as in any
-- transaction; the setting is local, so it ends with the statement.

-- The longest due first. What somebody else is claiming, settling or extending is passed over.
create function app.claim_jobs(most bigint, hold interval)
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

create function app.extend_job(job uuid, held bigint, hold interval)
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
create function app.finish_jobs(job_ids uuid[], leases bigint[])
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
create function app.settle_job(job uuid, held bigint, step boolean) returns void
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

revoke execute on function
    app.claim_jobs(bigint, interval),
    app.extend_job(uuid, bigint, interval),
    app.finish_jobs(uuid[], bigint[]),
    app.settle_job(uuid, bigint, boolean)
    from public;
grant execute on function
    app.claim_jobs(bigint, interval),
    app.extend_job(uuid, bigint, interval),
    app.finish_jobs(uuid[], bigint[]),
    app.settle_job(uuid, bigint, boolean)
    to skillbridge_worker;
