-- An account knows ten devices at most, and none of before its password was set anew.
alter table users add column devices text[] not null default '{}'
    constraint ck_users_devices check (cardinality(devices) <= 10);
