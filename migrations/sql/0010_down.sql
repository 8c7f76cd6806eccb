drop index uq_notices_unread;
alter table notices drop column about;
