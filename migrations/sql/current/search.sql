-- What a search may find a mentor by is kept ready: the words of name, headline and bio, and beside
-- them lexemes with a space inside, which no text makes: `skill sql`, `language en`, `country KE`,
-- `is free`, and the tenant's own. So every filter is one `@@`, and every pair of filters too.
-- Only who accepts requests has a document.

-- What is searched for, as the function below says it.
create or replace function app.asked() returns tsquery
    language sql stable
    return nullif(current_setting('app.asked', true), '')::tsquery;

create or replace function app.term(kind text, value text) returns tsquery
    language sql immutable
    return ('''' || replace(replace(kind || ' ' || value, '\', '\\'), '''', '''''') || '''')::tsquery;

-- Words without the marks over and under their letters: who writes `ade` finds Adé. The marks of
-- Latin, Greek and Cyrillic (U+0300 to U+036F); those of other scripts are letters.
create or replace function app.folded(words text) returns text
    language sql immutable
    return normalize(regexp_replace(normalize(words, nfd), '[\u0300-\u036f]', '', 'g'), nfc);

create or replace function app.document_of(
    m mentors, name text, bio text, country text, languages text[], skills jsonb
) returns tsvector
    language sql immutable
    set search_path = pg_catalog, pg_temp
as $$
    select to_tsvector('simple', app.folded(concat_ws(' ', name, m.headline, bio))) || array_to_tsvector(
        array['tenant ' || m.tenant_id]
        || array(select 'skill ' || skill from jsonb_object_keys(skills) as skill)
        || array(select 'language ' || language from unnest(languages) as language)
        || array_remove(
            array['country ' || country, case when m.active_matches < m.capacity then 'is free' end],
            null
        )
    )
$$;

create or replace function app.write_document() returns trigger
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    said text := coalesce(current_setting('app.tenant_id', true), '');
begin
    perform set_config('app.tenant_id', new.tenant_id::text, true);
    delete from public.mentor_documents as d
    where d.mentor_id = new.user_id
        and not exists (select from public.mentors as m where m.user_id = d.mentor_id and m.accepting);
    insert into public.mentor_documents (mentor_id, tenant_id, created_at, document)
    select
        m.user_id, m.tenant_id, m.created_at,
        app.document_of(m, p.name, p.bio, p.country, p.languages, p.skills)
    from public.mentors as m
    join public.profiles as p on p.user_id = m.user_id
    where m.user_id = new.user_id and m.accepting
    on conflict (mentor_id) do update set document = excluded.document;
    perform set_config('app.tenant_id', said, true);
    return null;
end
$$;

create or replace trigger write_document after insert on mentors
    for each row execute function app.write_document();
create or replace trigger write_document_anew after update on mentors for each row
    when (
        (old.headline, old.accepting, old.active_matches < old.capacity)
        is distinct from (new.headline, new.accepting, new.active_matches < new.capacity)
    )
    execute function app.write_document();
-- By its name it comes after touch_mentor, which holds the mentor's row: of an offer and a profile that
-- change at once, the second is written down with what the first has stored.
create or replace trigger write_document after insert on profiles
    for each row execute function app.write_document();
create or replace trigger write_document_anew after update on profiles for each row
    when (
        (old.name, old.bio, old.country, old.languages, old.skills)
        is distinct from (new.name, new.bio, new.country, new.languages, new.skills)
    )
    execute function app.write_document();

-- Two steps of a search, each held to the index that has its order: whatever the planner thinks of how
-- many there are, it never gathers and sorts.
create or replace function app.newest_after(before_at timestamptz, before_id uuid, skipped bigint)
    returns table (at timestamptz, id uuid)
    language plpgsql stable
    set enable_bitmapscan = off
    set enable_seqscan = off
    set enable_sort = off
as $$
begin
    return query
    select m.created_at, m.user_id from public.mentors as m
    where m.tenant_id = (select app.tenant_id()) and m.accepting
        and (m.created_at, m.user_id) < (before_at, before_id)
    order by m.created_at desc, m.user_id desc
    offset skipped limit 1;
end
$$;

create or replace function app.find_newest(
    before_at timestamptz, before_id uuid, last_at timestamptz, last_id uuid, most bigint
)
    returns setof uuid
    language plpgsql stable
    set enable_bitmapscan = off
    set enable_seqscan = off
    set enable_sort = off
as $$
begin
    return query
    select d.mentor_id from public.mentor_documents as d
    where d.tenant_id = (select app.tenant_id()) and d.document @@ (select app.asked())
        and (d.created_at, d.mentor_id) < (before_at, before_id)
        and (d.created_at, d.mentor_id) >= (last_at, last_id)
    order by d.created_at desc, d.mentor_id desc
    limit most;
end
$$;

-- The mentors whom all of it fits, newest first, after the key (before_at, before_id). Two thousand are
-- looked through in their order; a filter that so few of them fit has few in all, and the index of
-- the documents names these.
create or replace function app.find_mentors(
    words text, skill text, language text, country text, free boolean,
    before_at timestamptz, before_id uuid, most bigint
)
    returns setof uuid
    language plpgsql volatile
as $$
declare
    here uuid := app.tenant_id();
    asked tsquery := app.term('tenant', here::text);
    plain text := app.folded(words);
    last_at timestamptz;
    last_id uuid;
    number bigint;
begin
    if words is not null then
        if numnode(websearch_to_tsquery('simple', plain)) = 0 then
            return;
        end if;
        asked := asked && websearch_to_tsquery('simple', plain);
    end if;
    asked := case when skill is null then asked else asked && app.term('skill', skill) end;
    asked := case when language is null then asked else asked && app.term('language', language) end;
    asked := case when country is null then asked else asked && app.term('country', country) end;
    asked := case when free then asked && app.term('is', 'free') else asked end;
    perform set_config('app.asked', asked::text, true);

    select n.at, n.id into last_at, last_id from app.newest_after(before_at, before_id, 2000) as n;
    return query select * from app.find_newest(
        before_at, before_id, coalesce(last_at, '-infinity'),
        coalesce(last_id, '00000000-0000-0000-0000-000000000000'), most
    );
    get diagnostics number = row_count;
    if number < most and last_id is not null then
        return query
        with found as materialized ( -- by the index of documents, which alone can find them
            select d.created_at, d.mentor_id from public.mentor_documents as d
            where d.tenant_id = here and d.document @@ (select app.asked())
        )
        select f.mentor_id from found as f
        where (f.created_at, f.mentor_id) < (last_at, last_id)
        order by f.created_at desc, f.mentor_id desc
        limit most - number;
    end if;
end
$$;
