-- Mails that wait for an answer open nothing after this: ask for them again.

drop table one_time_proofs;
