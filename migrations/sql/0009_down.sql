-- Back to 0008: who was disabled may sign in.
alter table users drop column disabled_at;
