-- Back to 0006: texts stay in the form that they have.
alter table profiles drop constraint ck_profiles_bio;
alter table mentors drop constraint ck_mentors_headline;
alter table roadmaps drop constraint ck_roadmaps_goal;
