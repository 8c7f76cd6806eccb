-- Passkeys are lost: their owners sign in with their passwords.

drop table spent_challenges;
drop table passkeys;
