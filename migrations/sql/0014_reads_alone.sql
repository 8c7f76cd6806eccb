-- Every read can be asked alone now, so the functions that did it for a few are gone. Policies that
-- gathered all of somebody's matches, or everyone who was ever placed, look up the one pair they are
-- asked about.

-- The program that calls them cannot be at work: it runs on the schema of its own release alone.
-- squawk-ignore ban-drop-function
drop function
    app.read_ended_sign_ins(uuid, uuid, text, uuid[]),
    app.read_roadmaps(uuid, uuid, text, timestamptz, uuid, bigint),
    app.read_roadmap(uuid, uuid, text, uuid),
    app.act_as(uuid, uuid, text);

drop policy other_side_of_a_match on profiles;
create policy other_side_of_a_match on profiles for select
    using (
        tenant_id = (select app.tenant_id())
        and (
            exists (
                select from matches as m
                where m.learner_id = profiles.user_id and m.mentor_id = (select app.user_id())
            )
            or exists (
                select from matches as m
                where m.mentor_id = profiles.user_id and m.learner_id = (select app.user_id())
            )
        )
    );

drop policy admins_read_the_placed on profiles;
create policy admins_read_the_placed on profiles for select
    using (
        tenant_id = (select app.tenant_id())
        and (select app.is_admin())
        and (
            exists (select from placements as p where p.learner_id = profiles.user_id)
            or exists (select from placements as p where p.mentor_id = profiles.user_id)
        )
    );
