-- What a project of Supabase holds before anybody's migration runs: its roles, its schema auth, and the
-- privileges that it gives by default on whatever its administrator makes in public.
-- Source: supabase/postgres, migrations/db/init-scripts, and supabase/auth, migrations.

create role anon nologin noinherit;
create role authenticated nologin noinherit;
create role service_role nologin noinherit bypassrls;
create role authenticator noinherit login password 'only-in-tests';
grant anon, authenticated, service_role to authenticator;
create role supabase_auth_admin noinherit createrole login password 'only-in-tests';

grant usage on schema public to anon, authenticated, service_role;
alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;

create schema auth authorization supabase_auth_admin;
grant usage on schema auth to anon, authenticated, service_role;
set role supabase_auth_admin;

create table auth.users (
    id uuid primary key,
    email varchar(255),
    encrypted_password varchar(255),
    email_confirmed_at timestamptz,
    banned_until timestamptz,
    raw_user_meta_data jsonb
);

create function auth.uid() returns uuid language sql stable as $$
    select coalesce(
        nullif(current_setting('request.jwt.claim.sub', true), ''),
        (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')
    )::uuid
$$;

create function auth.role() returns text language sql stable as $$
    select coalesce(
        nullif(current_setting('request.jwt.claim.role', true), ''),
        (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role')
    )::text
$$;

create function auth.jwt() returns jsonb language sql stable as $$
    select coalesce(
        nullif(current_setting('request.jwt.claim', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')
    )::jsonb
$$;

reset role;
