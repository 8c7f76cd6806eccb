-- Requests about data are forgotten, those for erasure that wait among them: write them down before.

drop trigger cancel_erasure on sign_ins;
drop trigger nothing_for_the_erased on notices;
drop trigger nothing_for_the_erased on trophies;
drop trigger nothing_for_the_erased on impressions;
drop trigger nothing_for_the_erased on kept_answers;
drop function app.cancel_erasure();
drop function app.nothing_for_the_erased();
drop table exports;
drop table privacy_requests;
