-- The functions whose place `app.refuse_move` has taken: only triggers called them.
-- squawk-ignore ban-drop-function
drop function app.guard_match(), app.guard_cohort_run(), app.guard_placement();
