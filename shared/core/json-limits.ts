import type { Finding } from "../errors.ts";

/** How large the form of what comes in may be, whatever it says. */

/** The largest body that is read. */
export const MAX_BODY_BYTES = 64 * 1024;
/** A scope of 1,000 assets has some 3,000 members, four deep. */
export const MAX_DEPTH = 16;
export const MAX_MEMBERS = 5_000;

/** What is wrong with the form of a JSON value: too deep, or too many members. Null when it is modest. */
export function immodest(value: unknown): Finding | null {
  const open: { value: unknown; depth: number }[] = [{ value, depth: 1 }];
  let members = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { depth } = next;
    if (typeof next.value !== "object" || next.value === null) continue;
    if (depth > MAX_DEPTH) return { pointer: "", detail: `is deeper than ${MAX_DEPTH} levels` };
    for (const member of Object.values(next.value)) {
      members += 1;
      if (members > MAX_MEMBERS) return { pointer: "", detail: `has over ${MAX_MEMBERS} members` };
      open.push({ value: member, depth: depth + 1 });
    }
  }
  return null;
}
