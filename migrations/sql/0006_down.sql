-- Back to 0005: who waits registers again.
drop table registrations;
