-- Back to 0013: the policies as they were; the functions come back from the files that made them.

drop policy other_side_of_a_match on profiles;
create policy other_side_of_a_match on profiles for select
    using (
        tenant_id = (select app.tenant_id())
        and (
            user_id in (
                select m.learner_id from matches as m where m.mentor_id = (select app.user_id())
            )
            or user_id in (
                select m.mentor_id from matches as m where m.learner_id = (select app.user_id())
            )
        )
    );

drop policy admins_read_the_placed on profiles;
create policy admins_read_the_placed on profiles for select
    using (
        tenant_id = (select app.tenant_id())
        and (select app.is_admin())
        and (
            user_id in (select p.learner_id from placements as p)
            or user_id in (select p.mentor_id from placements as p)
        )
    );
