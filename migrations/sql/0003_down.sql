-- Back to 0002: what was learned from is lost.
drop table impressions;
