-- What waits for a code to be typed in is over: it is begun again another way.

alter table authorization_requests no force row level security;
delete from authorization_requests where pace is not null;
alter table authorization_requests force row level security;
alter table authorization_requests drop column pace, drop column asked_again_at;
