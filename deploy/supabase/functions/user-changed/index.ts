// A database webhook on auth.users, sent on to SkillBridge: signed, and with what counts alone.
//
// A row of auth.users also holds the hash of the password and every token of a mail: neither leaves the project.

import { answering, asObject, isObject, Refusal } from "../_shared/answers.ts";
import { send } from "../_shared/sending.ts";
import { address, required } from "../_shared/settings.ts";
import { digest, keyOf, same, signed } from "../_shared/signatures.ts";

const LARGEST = 1024 * 1024;
const COUNTS = ["id", "email", "email_confirmed_at", "banned_until", "deleted_at", "is_anonymous"];

const url = `${address("SKILLBRIDGE_URL")}/v1/webhooks/supabase`;
const key = keyOf("SKILLBRIDGE_WEBHOOK_SECRET", required("SKILLBRIDGE_WEBHOOK_SECRET"));
const caller = required("DATABASE_WEBHOOK_SECRET");

Deno.serve(answering(LARGEST, async (request, body) => {
  if (!same(request.headers.get("x-webhook-secret") ?? "", caller)) {
    throw new Refusal(
      401,
      "Unauthorized",
      "x-webhook-secret is not the secret of this function",
    );
  }
  const told = asObject(body);
  if (told.schema !== "auth" || told.table !== "users" || !isType(told.type)) {
    throw new Refusal(
      422,
      "Unprocessable Content",
      "this is no webhook of the table auth.users",
    );
  }
  const [record, old] = [trimmed(told.record), trimmed(told.old_record)];
  if (told.type === "UPDATE" && JSON.stringify(record) === JSON.stringify(old)) return;
  const message = { type: told.type, schema: "auth", table: "users", record, old_record: old };
  const id = idOf(body);
  const sent = new TextEncoder().encode(JSON.stringify(message));
  await send("SkillBridge", () => {
    return new Request(url, { method: "POST", headers: signed(key, id, sent), body: sent });
  });
}));

function isType(type: unknown): boolean {
  return type === "INSERT" || type === "UPDATE" || type === "DELETE";
}

/** Database webhooks have no id. A row says when it was changed, so the same bytes are the same message. */
function idOf(body: Uint8Array): string {
  return `msg_${digest(body).toString("hex").slice(0, 32)}`;
}

function trimmed(row: unknown): Record<string, unknown> | null {
  if (!isObject(row)) return null;
  const kept = Object.fromEntries(COUNTS.map((name) => [name, row[name] ?? null]));
  const said = isObject(row.raw_user_meta_data) ? row.raw_user_meta_data : {};
  return { ...kept, raw_user_meta_data: { full_name: said.full_name ?? said.name ?? null } };
}
