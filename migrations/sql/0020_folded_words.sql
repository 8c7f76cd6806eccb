-- The documents that are there already are written anew with their words folded.
do $$
declare
    here uuid;
begin
    for here in select id from tenants loop
        perform set_config('app.tenant_id', here::text, true);
        update mentor_documents as d
        set document = app.document_of(m, p.name, p.bio, p.country, p.languages, p.skills)
        from mentors as m
        join profiles as p on p.user_id = m.user_id
        where m.user_id = d.mentor_id;
    end loop;
    perform set_config('app.tenant_id', '', true);
end
$$;
