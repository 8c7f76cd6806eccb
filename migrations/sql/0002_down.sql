-- Everything that the second migration made.

drop policy admins_read_the_placed on profiles;
drop table placements, cohort_runs cascade;
drop function app.guard_placement(), app.guard_cohort_run(), app.is_admin();
