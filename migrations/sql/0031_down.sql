-- What is a real Supabase's stays. A policy that stands on one of these is to be dropped first: going back
-- fails and says which.

do $$
begin
    if exists (
        select from pg_namespace as n
        where n.nspname = 'auth' and n.nspowner = 'skillbridge_owner'::regrole
    ) then
        drop function auth.jwt();
        drop function auth.role();
        drop function auth.uid();
        drop schema auth;
    end if;
end
$$;
