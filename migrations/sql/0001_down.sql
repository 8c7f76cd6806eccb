-- Back to an empty database: everything of the first release goes.
drop table jobs, events, notices, trophies, matches, completions, roadmaps,
    pool_versions, mentors, profiles, refresh_tokens, sign_ins, users, tenants;
drop schema app cascade;
