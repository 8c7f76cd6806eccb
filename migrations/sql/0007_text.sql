-- Text of people in the one form that new text has (NFC), within the bounds that the domain counts
-- in code points; and no time zone that nobody lives in. Our own triggers rest meanwhile: nobody
-- changed anything, so no version moves. Row level security would hide every row from the owner.

alter table profiles no force row level security, disable trigger user;
update profiles set name = normalize(name, nfc)
    where name is not nfc normalized and char_length(normalize(name, nfc)) <= 80;
update profiles set bio = normalize(bio, nfc)
    where bio is not nfc normalized and char_length(normalize(bio, nfc)) <= 2000;
update profiles set time_zone = 'UTC'
    where time_zone in ('Factory', 'localtime', 'posixrules') or time_zone ~ '^(posix|right|SystemV)/';
alter table profiles force row level security, enable trigger user;

alter table mentors no force row level security, disable trigger user;
update mentors set headline = normalize(headline, nfc)
    where headline is not nfc normalized and char_length(normalize(headline, nfc)) <= 140;
alter table mentors force row level security, enable trigger user;

alter table roadmaps no force row level security, disable trigger user;
update roadmaps set goal = normalize(goal, nfc)
    where goal is not nfc normalized and char_length(normalize(goal, nfc)) <= 500;
alter table roadmaps force row level security, enable trigger user;

alter table matches no force row level security, disable trigger user;
update matches set message = normalize(message, nfc)
    where message is not nfc normalized and char_length(normalize(message, nfc)) <= 1000;
alter table matches force row level security, enable trigger user;

-- The next migration looks at the rows that are there, so that nobody waits meanwhile.
alter table profiles add constraint ck_profiles_bio
    check (char_length(bio) <= 2000) not valid;
alter table mentors add constraint ck_mentors_headline
    check (char_length(headline) between 1 and 140) not valid;
alter table roadmaps add constraint ck_roadmaps_goal
    check (char_length(goal) between 1 and 500) not valid;
