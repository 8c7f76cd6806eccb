-- The audit trail: nothing in it is changed, each entry gets its seal once, and a month goes as a whole;
-- so does the trail of a tenant that is being erased.

create or replace function app.guard_audit() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'UPDATE' and old.n is null
        and to_jsonb(old) - '{n,hash,sealed_at}'::text[] = to_jsonb(new) - '{n,hash,sealed_at}'::text[]
    then
        return new;
    end if;
    if tg_op = 'DELETE' and old.tenant_id = app.erased_tenant() then
        return old;
    end if;
    raise exception 'an entry of the audit trail is never changed' using errcode = '42501';
end
$$;

create or replace trigger guard_audit before update or delete on audit_entries
    for each row execute function app.guard_audit();
create or replace trigger guard_all_audit before truncate on audit_entries
    for each statement execute function app.guard_audit();

-- A partition for each month from today's on. What no month takes is kept in `audit_entries_other`; a
-- month of which something is there already stays there.
create or replace function app.prepare_audit(today date, ahead int) returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
    set lock_timeout = '2s'
as $$
declare
    month timestamptz;
    name text;
begin
    if to_regclass('public.audit_entries_other') is null then
        create table public.audit_entries_other partition of public.audit_entries default;
        alter table public.audit_entries_other enable row level security, force row level security;
    end if;
    for number in 0 .. least(ahead, 24) loop
        month := (date_trunc('month', today::timestamp) + make_interval(months => number)) at time zone 'UTC';
        name := to_char(month at time zone 'UTC', '"audit_entries_"YYYY_MM');
        if to_regclass('public.' || name) is null then
            begin
                execute format(
                    'create table public.%I partition of public.audit_entries for values from (%L) to (%L)',
                    name, month, (month at time zone 'UTC' + interval '1 month') at time zone 'UTC'
                );
                execute format(
                    'alter table public.%I enable row level security, force row level security', name
                );
            exception when check_violation then
                raise warning '% has entries among the others', name;
            end;
        end if;
    end loop;
end
$$;

-- The months before that day whose every entry is sealed, the oldest first. Each chain is told by an entry
-- up to which place it went. Whatever is asked, two years are kept: nobody who may call this cuts a trail.
create or replace function app.retire_audit(before date) returns table (month text)
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
    set lock_timeout = '2s'
as $$
declare
    tenant constant text := current_setting('app.tenant_id', true);
    kept_from constant timestamptz := date_trunc('month', now() at time zone 'UTC' - interval '24 months')
        at time zone 'UTC';
    begins timestamptz;
    ends timestamptz;
    last record;
begin
    for month in
        select c.relname::text
        from pg_inherits as i join pg_class as c on c.oid = i.inhrelid
        where i.inhparent = 'public.audit_entries'::regclass and c.relname ~ '_[0-9]{4}_[0-9]{2}$'
        order by c.relname
    loop
        begins := to_timestamp(right(month, 7) || '+00', 'YYYY_MMTZH');
        ends := (begins at time zone 'UTC' + interval '1 month') at time zone 'UTC';
        exit when ends > least(before::timestamp at time zone 'UTC', kept_from) or exists (
            select from public.audit_entries as e where e.at >= begins and e.at < ends and e.n is null
        );
        for last in
            select distinct on (e.tenant_id) e.tenant_id, e.n, e.hash
            from public.audit_entries as e
            where e.at >= begins and e.at < ends
            order by e.tenant_id, e.n desc
        loop
            perform set_config('app.tenant_id', last.tenant_id::text, true);
            insert into public.audit_entries (id, tenant_id, action, category, actor_kind, details)
            values (
                gen_random_uuid(), last.tenant_id, 'AuditRetired', 'configuration', 'system',
                jsonb_build_object(
                    'through', last.n, 'hash', encode(last.hash, 'hex'), 'before', ends::text
                )
            );
        end loop;
        perform set_config('app.tenant_id', coalesce(tenant, ''), true);
        execute format('alter table public.audit_entries detach partition public.%I', month);
        execute format('drop table public.%I', month);
        return next;
    end loop;
end
$$;

select app.prepare_audit((now() at time zone 'UTC')::date, 3);
