-- Programs that act with a token are refused after this, and have to be given another way in.

drop function app.holding(bytea);
drop function app.served_tenant();
drop table api_tokens;
