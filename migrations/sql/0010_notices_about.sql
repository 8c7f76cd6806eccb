-- What a notice is about: while it is unread, a newer one of its kind about the same takes its place.
-- Notices told before this are about nothing, and stay as they are.

alter table notices add column about text not null default '';

-- Notices are few for each person; a concurrent build could not be part of the migration.
-- squawk-ignore require-concurrent-index-creation
create unique index uq_notices_unread on notices (user_id, kind, about)
    where read_at is null and about <> '';
