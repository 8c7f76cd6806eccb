-- Which of these sign-ins have ended before their access tokens did: asked for requests and open
-- streams, by the doorkeeper, in one round trip and whatever becomes of Redis.

create function app.read_ended_sign_ins(reader uuid, tenant uuid, standing text, asked uuid[])
    returns table (id uuid)
    language plpgsql volatile
as $$
#variable_conflict use_column
begin
    perform app.act_as(reader, tenant, standing);
    return query
    select s.id
    from public.sign_ins as s
    where s.tenant_id = tenant and s.id = any (asked) and s.revoked_at is not null;
end
$$;

revoke execute on function app.read_ended_sign_ins(uuid, uuid, text, uuid[]) from public;
grant execute on function app.read_ended_sign_ins(uuid, uuid, text, uuid[])
    to skillbridge_app, skillbridge_worker;
