-- Names that policies written for Supabase use: auth.uid(), auth.role() and auth.jwt(). They say who asks,
-- as app.user_id() does, and no policy of ours asks them.
--
-- A real Supabase has a schema of this name, which is its own: nothing is made or changed there. The roles
-- anon, authenticated and service_role are the server's; `migrate` makes them, and they are granted nothing
-- but to call these. No login of ours is a member of them.

do $shim$
begin
    if to_regnamespace('auth') is null then
        create schema auth;
    end if;
    if not exists (
        select from pg_namespace as n
        where n.nspname = 'auth' and n.nspowner = 'skillbridge_owner'::regrole
    ) then
        return;
    end if;

    -- Nobody is no user, and neither is anon, whatever the transaction said before it took the role.
    create or replace function auth.uid() returns uuid
        language sql stable
        return case
            when current_user <> 'anon' then nullif(
                nullif(current_setting('app.user_id', true), '')::uuid,
                '00000000-0000-0000-0000-000000000000'
            )
        end;

    -- The system is believed from the same logins as by app.is_system().
    create or replace function auth.role() returns text
        language sql stable
        return case
            when current_setting('app.standing', true) = 'system'
                and pg_has_role(current_user, 'skillbridge_system', 'member') then 'service_role'
            when auth.uid() is not null then 'authenticated'
            else 'anon'
        end;

    create or replace function auth.jwt() returns jsonb
        language sql stable
        return jsonb_strip_nulls(jsonb_build_object(
            'sub', auth.uid(),
            'role', auth.role(),
            'aud', case when auth.uid() is not null then 'authenticated' end,
            'app_metadata', jsonb_build_object(
                'tenant_id', nullif(current_setting('app.tenant_id', true), '')
            )
        ));

    revoke all on function auth.uid(), auth.role(), auth.jwt() from public;
    grant usage on schema auth
        to anon, authenticated, service_role, skillbridge_app, skillbridge_auth, skillbridge_worker;
    grant execute on function auth.uid(), auth.role(), auth.jwt()
        to anon, authenticated, service_role, skillbridge_app, skillbridge_auth, skillbridge_worker;
end
$shim$;
