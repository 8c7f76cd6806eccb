-- A request that is sent again after this is done again.

drop table kept_answers;
