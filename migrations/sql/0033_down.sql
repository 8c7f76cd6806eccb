-- Back to 0032: every device that can show a signature is known again.
alter table users drop column devices;
