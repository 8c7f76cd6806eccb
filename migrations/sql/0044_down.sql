-- Nothing is lost.

-- squawk-ignore ban-drop-constraint
alter table jobs drop constraint uq_jobs_event_id_kind;
-- squawk-ignore constraint-missing-not-valid, disallowed-unique-constraint
alter table jobs add constraint uq_jobs_kind_event_id unique (kind, event_id);
