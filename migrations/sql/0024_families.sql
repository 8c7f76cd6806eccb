-- A sign-in says when it was used last and from which network (by a keyed hash), and which key of its
-- device, if any, has to be proved to refresh it. Its end is one time, whatever ends it: 14 days without
-- a use, 30 days, or a revocation; a day later it is deleted. Row level security would hide every row
-- from the owner.

alter table sign_ins
    add column last_used_at TIMESTAMP WITH TIME ZONE default now() not null,
    add column key BYTEA constraint ck_sign_ins_key check (octet_length(key) = 32),
    add column network BYTEA default '' not null;

alter table sign_ins no force row level security;
alter table refresh_tokens no force row level security;
update sign_ins set last_used_at = coalesce(
    (select max(issued_at) from refresh_tokens where sign_in_id = sign_ins.id), created_at);
update sign_ins set expires_at = least(expires_at, revoked_at, last_used_at + interval '336 hours');
alter table refresh_tokens force row level security;
alter table sign_ins force row level security;

-- squawk-ignore require-concurrent-index-creation
create index ix_sign_ins_end on sign_ins (tenant_id, expires_at);
