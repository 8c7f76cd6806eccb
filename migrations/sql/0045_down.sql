-- Pictures are forgotten, and uploads that are on their way; their bytes stay in the store of files until that is emptied.

drop function app.room_for_files();
drop table avatars;
drop table uploads;
