-- Mails that are answered once: found by the id that their link names, or guessed at by the code that stands beside
-- it. See users.sql.

-- The newest of a purpose takes the place of the one that is open.
create or replace function app.replace_proof(
    the_id uuid, the_purpose text, the_user uuid, the_end timestamptz, the_email text,
    the_former_email text
) returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    insert into public.one_time_proofs as p
        (id, tenant_id, purpose, user_id, expires_at, email, former_email)
    values
        (the_id, app.tenant_id(), the_purpose, the_user, the_end, the_email, the_former_email)
    on conflict (tenant_id, user_id, purpose) where used_at is null do update
    set id = excluded.id, expires_at = excluded.expires_at, email = excluded.email,
        former_email = excluded.former_email, tries = excluded.tries, created_at = now()
    where p.tenant_id = (select app.tenant_id());
end
$$;

create or replace function app.proof(the_id uuid) returns setof public.one_time_proofs
    language plpgsql stable
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select p.* from public.one_time_proofs as p
    where p.tenant_id = (select app.tenant_id()) and p.id = the_id;
end
$$;

-- Whether a code may be tried on it: five times (skillbridge.domain.accounts.one_time_proof).
create or replace function app.is_guessable(
    proof public.one_time_proofs, the_purpose text, at timestamptz
) returns boolean
    language sql stable
    return (proof).tenant_id = app.tenant_id() and (proof).purpose = the_purpose
        and (proof).used_at is null and (proof).expires_at > at and (proof).tries < 5;

-- One statement, and one row written, whosever it is: time does not tell which. In
-- a select of its own, for beside a policy no index serves a comparison with coalesce.
create or replace function app.guess_proof(the_purpose text, the_user uuid, at timestamptz)
    returns setof public.one_time_proofs
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    update public.one_time_proofs as p set tries = p.tries + 1
    where app.is_guessable(p, the_purpose, at)
        and p.id = (select coalesce(
            (
                select own.id from public.one_time_proofs as own
                where own.user_id = the_user and app.is_guessable(own, the_purpose, at)
            ),
            (
                select other.id from public.one_time_proofs as other
                where other.user_id is null and app.is_guessable(other, the_purpose, at)
                limit 1
            )
        ))
    returning p.*;
end
$$;

-- A code beside what names the mail that it stood in.
create or replace function app.guess_proof_at(the_id uuid, at timestamptz)
    returns setof public.one_time_proofs
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    update public.one_time_proofs as p set tries = p.tries + 1
    where app.is_guessable(p, p.purpose, at) and p.id = the_id
    returning p.*;
end
$$;

create or replace function app.use_proof(the_id uuid, at timestamptz) returns setof uuid
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    update public.one_time_proofs as p set used_at = at
    where p.tenant_id = (select app.tenant_id()) and p.id = the_id
        and p.used_at is null and p.expires_at > at
    returning p.id;
end
$$;

create or replace function app.end_proofs(the_user uuid) returns setof uuid
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    delete from public.one_time_proofs as p
    where p.tenant_id = (select app.tenant_id()) and p.user_id = the_user and p.used_at is null
    returning p.id;
end
$$;
