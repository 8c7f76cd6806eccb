-- Sign-ins that are bound to a key would go on without one: they end. Where and when a sign-in was used
-- last is lost, and one that is idle ends by its tokens again, after the 30 days at the latest.

alter table sign_ins no force row level security;
update sign_ins set revoked_at = now() where key is not null and revoked_at is null;
update sign_ins set expires_at = created_at + interval '720 hours';
alter table sign_ins force row level security;

drop index ix_sign_ins_end;
alter table sign_ins drop column last_used_at, drop column key, drop column network;
