-- Phones: that of one account, and how many accounts have a number. See users.sql.

-- The one that counts or the one that waits; both, where neither is asked for.
create or replace function app.phone(the_user uuid, confirmed boolean)
    returns setof public.phones
    language plpgsql stable
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select p.* from public.phones as p
    where p.tenant_id = (select app.tenant_id()) and p.user_id = the_user
        and (confirmed is null or (p.verified_at is not null) = confirmed)
    order by p.verified_at nulls first;
end
$$;

-- One that waits for its code, in the place of another one.
create or replace function app.put_phone(
    the_id uuid, the_user uuid, the_number bytea, the_index bytea
) returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    delete from public.phones as p
    where p.tenant_id = (select app.tenant_id()) and p.user_id = the_user
        and p.verified_at is null;
    insert into public.phones (id, tenant_id, user_id, sealed_number, number_index)
    values (the_id, app.tenant_id(), the_user, the_number, the_index);
end
$$;

-- Nobody else of the tenant confirms one meanwhile, or else several at once would each count too few.
create or replace function app.confirm_phone(
    the_id uuid, the_user uuid, the_indexes bytea[], the_most bigint, at timestamptz
) returns setof uuid
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('phones', 0) # hashtextextended(app.tenant_id()::text, 0));
    if (
        select count(*) from public.phones as p
        where p.tenant_id = (select app.tenant_id()) and p.number_index = any(the_indexes)
            and p.verified_at is not null and p.user_id <> the_user
    ) >= the_most then
        return;
    end if;
    delete from public.phones as p
    where p.tenant_id = (select app.tenant_id()) and p.user_id = the_user
        and p.verified_at is not null;
    return query
    update public.phones as p set verified_at = at
    where p.tenant_id = (select app.tenant_id()) and p.id = the_id and p.user_id = the_user
    returning p.id;
end
$$;

create or replace function app.remove_phones(the_user uuid) returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    delete from public.phones as p
    where p.tenant_id = (select app.tenant_id()) and p.user_id = the_user;
end
$$;

create or replace function app.begin_text(the_id uuid, the_text uuid, the_state text)
    returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    update public.phones as p set text_id = the_text, text_state = the_state
    where p.tenant_id = (select app.tenant_id()) and p.id = the_id;
end
$$;

create or replace function app.end_text(the_id uuid, the_text uuid, the_state text)
    returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    update public.phones as p set text_state = the_state
    where p.tenant_id = (select app.tenant_id()) and p.id = the_id and p.text_id = the_text;
end
$$;
