-- Nobody signs in by an identity of others after this. An account that has no password gets one that no
-- hash matches: its owner sets another by mail.

drop table identities;
drop table authorization_requests;

alter table users no force row level security;
update users set password_hash = '' where password_hash is null;
alter table users force row level security;
alter table users alter column password_hash set not null;
