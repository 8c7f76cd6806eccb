// A client by @hey-api/openapi-ts: the same contract, read by another.
import { getMe, listRoadmaps, requestMatch } from "./made/hey-api";
import type { Me, RequestMatchErrors } from "./made/hey-api";

export async function skills(): Promise<Me["skills"]> {
  const { data } = await getMe({ throwOnError: true });
  return data.skills;
}

export async function titles(): Promise<string[]> {
  const { data } = await listRoadmaps({ query: { limit: 20 }, throwOnError: true });
  return data.items.map((roadmap) => roadmap.title);
}

export async function ask(mentorId: string): Promise<RequestMatchErrors[409]["type"] | undefined> {
  const { error } = await requestMatch({ body: { mentor_id: mentorId, message: "" } });
  return error?.status === 409 ? (error as RequestMatchErrors[409]).type : undefined;
}
