// A client by openapi-typescript and openapi-fetch: what it answers has types, errors included.
import createClient from "openapi-fetch";
import type { components, paths } from "./made/types";

const client = createClient<paths>({ baseUrl: "http://127.0.0.1:8000" });

export async function titles(): Promise<string[]> {
  const { data, error } = await client.GET("/v1/roadmaps", { params: { query: { limit: 20 } } });
  if (error) throw new Error(error.detail);
  return data.items.map((roadmap) => roadmap.title);
}

export async function ask(mentorId: string): Promise<components["schemas"]["MatchStatus"]> {
  const { data, error } = await client.POST("/v1/matches", {
    body: { mentor_id: mentorId, message: "" },
  });
  if (!error) return data.status;
  const kind: KnownTo<typeof error.type> = error.type;
  throw new Error(kind);
}

// Compiles only while the type of a problem is a choice and no bare string.
type KnownTo<T extends string> = string extends T ? never : T;
