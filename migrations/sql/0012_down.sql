drop function app.lock_journey(uuid, uuid);
