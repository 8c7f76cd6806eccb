// What every function answers and how it reads what it is sent: bounded, and without a word of it in the log.

/** Refused, with words for whoever runs the project. */
export class Refusal extends Error {
  constructor(readonly status: number, readonly title: string, readonly detail: string) {
    super(title);
  }
}

export type Handler = (request: Request, body: Uint8Array) => Promise<void>;

/** Answers 204 when the handler is done, and a problem (RFC 9457) when it refuses. */
export function answering(largest: number, handle: Handler): Deno.ServeHandler {
  return async (request) => {
    const started = performance.now();
    const answer = await answered(request, largest, handle);
    const ms = Math.round(performance.now() - started);
    console.log(
      JSON.stringify({ event: "request", method: request.method, status: answer.status, ms }),
    );
    return answer;
  };
}

async function answered(request: Request, largest: number, handle: Handler): Promise<Response> {
  try {
    if (request.method !== "POST") {
      throw new Refusal(405, "Method Not Allowed", "send it by POST");
    }
    await handle(request, await bounded(request, largest));
    return new Response(null, { status: 204 });
  } catch (error) {
    if (error instanceof Refusal) return problem(error);
    console.error(
      JSON.stringify({
        event: "fault",
        kind: error instanceof Error ? error.name : "unknown",
      }),
    );
    return problem(
      new Refusal(500, "Internal Server Error", "this is a fault of the function"),
    );
  }
}

async function bounded(request: Request, largest: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request.body ?? []) {
    size += part.length;
    if (size > largest) {
      throw new Refusal(413, "Content Too Large", `a message has at most ${largest} bytes`);
    }
    parts.push(part);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The object that the bytes are, as JSON. */
export function asObject(body: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw new Refusal(400, "Bad Request", "the body is no JSON in UTF-8");
  }
  if (!isObject(value)) throw new Refusal(422, "Unprocessable Content", "the body is no object");
  return value;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function problem(refusal: Refusal): Response {
  const { status, title, detail } = refusal;
  const headers: Record<string, string> = { "content-type": "application/problem+json" };
  if (status === 405) headers["allow"] = "POST";
  return new Response(JSON.stringify({ type: "about:blank", title, status, detail }), {
    status,
    headers,
  });
}
