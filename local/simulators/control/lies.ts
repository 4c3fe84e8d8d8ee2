import { z } from "zod";
import type { Removal } from "../estate/removals.ts";

/**
 * A service whose word about deletes is not true: `stays` claims success and does nothing, `comes-back`
 * deletes and brings the thing back after so many seconds. `pathPattern`, a regular expression over the
 * path, limits the lies to some calls.
 */
export const liesSchema = z.discriminatedUnion("how", [
  z.strictObject({ how: z.literal("stays"), pathPattern: z.string().default("") }),
  z.strictObject({
    how: z.literal("comes-back"),
    afterSeconds: z.number().min(0),
    pathPattern: z.string().default(""),
  }),
]);

/** What a delete call does: when the thing is gone and when it is back. Null: it stays. */
export function removalBy(
  lies: z.output<typeof liesSchema> | null,
  path: string,
  nowMs: number,
  lagSeconds: number,
): Removal | null {
  const goneAtMs = nowMs + lagSeconds * 1000;
  if (lies === null || !new RegExp(lies.pathPattern).test(path)) {
    return { goneAtMs, backAtMs: Number.POSITIVE_INFINITY };
  }
  return lies.how === "stays" ? null : { goneAtMs, backAtMs: goneAtMs + lies.afterSeconds * 1000 };
}
