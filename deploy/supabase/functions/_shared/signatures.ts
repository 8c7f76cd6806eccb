// Messages signed as Standard Webhooks asks (github.com/standard-webhooks).

import { Buffer } from "node:buffer";
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { Refusal } from "./answers.ts";

/** Seconds between the time of a message and ours. */
const TOLERATED = 300;
const LEAST_KEY = 24;
const MOST_SIGNATURES = 16;

/** The bytes of a secret that is written as `v1,whsec_BASE64`. */
export function keyOf(name: string, secret: string): Buffer {
  const key = Buffer.from(secret.replace(/^(v1,)?whsec_/, ""), "base64");
  if (key.length < LEAST_KEY) {
    throw new Error(`${name} must look like v1,whsec_BASE64, with ${LEAST_KEY} bytes or more`);
  }
  return key;
}

/** The headers of a message that is sent now. */
export function signed(key: Buffer, id: string, body: Uint8Array): Headers {
  const timestamp = String(Math.floor(Date.now() / 1000));
  return new Headers({
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signature(key, id, timestamp, body),
  });
}

/** Refuses what this key has not signed within the last five minutes. */
export function mustBeSigned(key: Buffer, headers: Headers, body: Uint8Array): void {
  const id = headers.get("webhook-id") ?? "";
  const timestamp = headers.get("webhook-timestamp") ?? "";
  const claimed = (headers.get("webhook-signature") ?? "").split(" ").slice(0, MOST_SIGNATURES);
  const fresh = /^[0-9]{1,12}$/.test(timestamp) &&
    Math.abs(Date.now() / 1000 - Number(timestamp)) <= TOLERATED;
  const ours = signature(key, id, timestamp, body);
  if (!id || !fresh || !claimed.some((theirs) => same(ours, theirs))) {
    throw new Refusal(
      401,
      "Unauthorized",
      "this is not signed as Standard Webhooks asks, with the secret of this function and within five minutes",
    );
  }
}

/** Whether two secrets are the same, in a time that tells nothing of either. */
export function same(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other));
}

export function digest(of: string | Uint8Array): Buffer {
  return createHash("sha256").update(of).digest();
}

function signature(key: Buffer, id: string, timestamp: string, body: Uint8Array): string {
  const made = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body);
  return `v1,${made.digest("base64")}`;
}
