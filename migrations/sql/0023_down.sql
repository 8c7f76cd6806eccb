-- Signing in goes back to the API's login; nothing is lost. The login itself stays: it is the server's.
drop trigger guard_sign_in on sign_ins;
drop trigger guard_end on sign_ins;
drop trigger grant_mentor on mentors;
drop function app.grant_mentor();
drop function app.ended_sign_ins(uuid []);
revoke all on all tables in schema public from skillbridge_auth;
revoke all on all functions in schema app from skillbridge_auth;
revoke usage on schema app from skillbridge_auth;
