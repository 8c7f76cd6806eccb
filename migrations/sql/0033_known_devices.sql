-- An account knows ten devices at most, and none of before its password was set anew.
alter table users add column devices text[] not null default '{}';
alter table users add constraint ck_users_devices check (cardinality(devices) <= 10) not valid;
alter table users validate constraint ck_users_devices;
