drop function app.read_ended_sign_ins(uuid, uuid, text, uuid[]);
