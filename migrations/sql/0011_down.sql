-- Back to 0010: the numbers are made anew when they are next wanted.
drop table mentor_digests, pool_seals;
