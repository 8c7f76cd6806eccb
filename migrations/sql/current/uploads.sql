-- What files need beside their rows.

-- How many uploads of whoever asks are open, and what the files of the whole tenant come to: the rows of others nobody
-- sees.
create or replace function app.room_for_files()
    returns table (open_uploads bigint, tenant_bytes bigint)
    language sql stable
    security definer
    set search_path = pg_catalog, pg_temp
as $$
    with waiting as (
        select u.user_id, u.size from public.uploads as u
        where u.tenant_id = app.tenant_id()
            and u.state in ('receiving', 'received') and u.expires_at > now()
    )
    select
        count(*) filter (where w.user_id = app.user_id()),
        (coalesce(sum(w.size), 0) + (
            select coalesce(sum(a.small + a.large), 0) from public.avatars as a
            where a.tenant_id = app.tenant_id()
        ))::bigint
    from waiting as w
$$;

create or replace trigger nothing_for_the_erased before insert on uploads
    for each row execute function app.nothing_for_the_erased('user_id');
create or replace trigger nothing_for_the_erased before insert on avatars
    for each row execute function app.nothing_for_the_erased('user_id');
