// What a function is told by its environment; one that is not whole does not start.

export function required(name: string): string {
  const value = Deno.env.get(name)?.trim();
  if (!value) throw new Error(`${name} is not set: see docs/supabase.md`);
  return value;
}

/** The address of a service, without a slash at its end. */
export function address(name: string): string {
  const value = required(name);
  if (!/^https?:\/\/[^/?#]+/.test(value)) {
    throw new Error(`${name} is no address of a web service`);
  }
  return value.replace(/\/+$/, "");
}
