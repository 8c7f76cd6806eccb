// What SkillBridge tells people, pushed to Supabase Realtime: that there is something, and never what it says.
//
// Source: supabase/realtime, POST /api/broadcast.

import { answering, asObject, isObject, Refusal } from "../_shared/answers.ts";
import { send } from "../_shared/sending.ts";
import { address, required } from "../_shared/settings.ts";
import { keyOf, mustBeSigned } from "../_shared/signatures.ts";

const LARGEST = 64 * 1024;
const MOST = 100;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const KIND = /^[A-Za-z]{1,64}$/;

const url = `${address("SUPABASE_URL")}/realtime/v1/api/broadcast`;
const service = required("SUPABASE_SERVICE_ROLE_KEY");
const key = keyOf("SKILLBRIDGE_NOTICES_SECRET", required("SKILLBRIDGE_NOTICES_SECRET"));

Deno.serve(answering(LARGEST, async (request, body) => {
  mustBeSigned(key, request.headers, body);
  const notices = asObject(body).notices;
  if (!Array.isArray(notices) || !notices.length || notices.length > MOST) {
    throw new Refusal(422, "Unprocessable Content", `notices is no list of 1 to ${MOST}`);
  }
  const sent = JSON.stringify({ messages: notices.map(message) });
  const headers = {
    "content-type": "application/json",
    apikey: service,
    authorization: `Bearer ${service}`,
  };
  await send("Realtime", () => new Request(url, { method: "POST", headers, body: sent }));
}));

function message(notice: unknown): Record<string, unknown> {
  const { id, user_id, kind } = isObject(notice) ? notice : {};
  if (!matches(UUID, id) || !matches(UUID, user_id) || !matches(KIND, kind)) {
    throw new Refusal(422, "Unprocessable Content", "a notice has an id, a user_id and a kind");
  }
  return { topic: `user:${user_id}`, event: "notice", payload: { id, kind }, private: true };
}

function matches(form: RegExp, value: unknown): boolean {
  return typeof value === "string" && form.test(value);
}
