-- Back to 0014: searches read the mentors and profiles themselves.
drop trigger write_document on profiles;
drop trigger write_document_anew on profiles;
drop trigger write_document on mentors;
drop trigger write_document_anew on mentors;
drop function
    app.find_mentors(text, text, text, text, boolean, timestamptz, uuid, bigint),
    app.find_newest(timestamptz, uuid, timestamptz, uuid, bigint),
    app.newest_after(timestamptz, uuid, bigint),
    app.write_document();
drop table mentor_documents;
drop function
    app.document_of(mentors, text, text, text, text[], jsonb), app.term(text, text), app.asked();
drop index ix_mentors_newest;
