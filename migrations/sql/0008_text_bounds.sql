-- The bounds of 0007 hold for every row: each was within them as it was typed, and is as it is kept.
alter table profiles validate constraint ck_profiles_bio;
alter table mentors validate constraint ck_mentors_headline;
alter table roadmaps validate constraint ck_roadmaps_goal;
