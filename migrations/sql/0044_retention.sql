-- Events are deleted by their age, and a foreign key then asks for their jobs: the key that says that a reaction is
-- planned once an event begins with the event, so that it finds them.

-- squawk-ignore ban-drop-constraint
alter table jobs drop constraint uq_jobs_kind_event_id;
-- squawk-ignore constraint-missing-not-valid, disallowed-unique-constraint
alter table jobs add constraint uq_jobs_event_id_kind unique (event_id, kind);
