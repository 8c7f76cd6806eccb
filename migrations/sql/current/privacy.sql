-- What erasing people means for what others write at the same time.

-- Whoever logs in has thought again: an erasure that waits is taken back, whichever way they came in.
create or replace function app.cancel_erasure() returns trigger
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    said text := coalesce(current_setting('app.tenant_id', true), '');
begin
    perform set_config('app.tenant_id', new.tenant_id::text, true);
    update public.privacy_requests as r
    set state = 'cancelled', ended_at = now()
    where r.tenant_id = new.tenant_id and r.user_id = new.user_id
        and r.kind = 'erasure' and r.state = 'waiting';
    perform set_config('app.tenant_id', said, true);
    return null;
end
$$;

create or replace trigger cancel_erasure after insert on sign_ins
    for each row execute function app.cancel_erasure();

-- What follows from an event may come when its person is gone: it is not written. The argument is the column
-- that holds whose the row is.
create or replace function app.nothing_for_the_erased() returns trigger
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    said text := coalesce(current_setting('app.tenant_id', true), '');
    gone boolean;
begin
    perform set_config('app.tenant_id', new.tenant_id::text, true);
    gone := exists (
        select from public.users as u
        where u.id = (to_jsonb(new) ->> tg_argv[0])::uuid and u.deleted_at is not null
    );
    perform set_config('app.tenant_id', said, true);
    return case when gone then null else new end;
end
$$;

create or replace trigger nothing_for_the_erased before insert on notices
    for each row execute function app.nothing_for_the_erased('user_id');
create or replace trigger nothing_for_the_erased before insert on trophies
    for each row execute function app.nothing_for_the_erased('user_id');
create or replace trigger nothing_for_the_erased before insert on impressions
    for each row execute function app.nothing_for_the_erased('learner_id');
create or replace trigger nothing_for_the_erased before insert on kept_answers
    for each row execute function app.nothing_for_the_erased('user_id');
