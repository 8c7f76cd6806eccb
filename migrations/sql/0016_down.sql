-- Back to 0015: jobs are counted one by one.
drop index ix_jobs_state_newest;
drop trigger tally_new on jobs;
drop trigger tally_done on jobs;
drop trigger tally_gone on jobs;
drop trigger tally_none on jobs;
drop function app.tally_done();
drop table job_tallies;
