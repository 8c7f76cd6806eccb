-- Whom an operator has disabled may not sign in, until they are enabled again.
alter table users add column disabled_at timestamp with time zone;
