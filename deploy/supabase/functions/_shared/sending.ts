// Sending a message on: each try has a deadline, and only what may pass by itself is tried again.

import { Refusal } from "./answers.ts";

const TRIES = 3;
const DEADLINE = 5_000;
/** Milliseconds before the second try; four times as many before the third. */
const PAUSE = 200;

/**
 * `make` makes the request anew for each try: a signature has its time. Refuses with 502 what was refused there,
 * and with 503 what did not come through, so that whoever called may try again.
 */
export async function send(to: string, make: () => Request): Promise<void> {
  for (let tried = 1;; tried++) {
    const status = await attempt(make());
    if (status !== undefined && status < 300) return;
    console.warn(
      JSON.stringify({ event: "not_sent", to, status: status ?? "no answer", tried }),
    );
    if (status !== undefined && status < 500 && status !== 429) {
      throw new Refusal(502, "Bad Gateway", `${to} refused the message: ${status}`);
    }
    if (tried === TRIES) {
      throw new Refusal(
        503,
        "Service Unavailable",
        `${to} did not take the message: send it again`,
      );
    }
    await new Promise((done) => setTimeout(done, PAUSE * 4 ** (tried - 1)));
  }
}

async function attempt(request: Request): Promise<number | undefined> {
  try {
    const answer = await fetch(request, {
      redirect: "manual",
      signal: AbortSignal.timeout(DEADLINE),
    });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    return undefined;
  }
}
