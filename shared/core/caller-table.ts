import { z } from "zod";

/** The table of callers as operators write it. */

const armPrefixSchema = z
  .string()
  .regex(/^\/subscriptions\/[0-9a-f-]{36}(\/[^\s?#]*)?$/i, {
    error: "must be an ARM id or the beginning of one: /subscriptions/<id>...",
  })
  .transform((text) => text.toLowerCase().replace(/\/+$/, ""));

/**
 * The callers that may do something, by object id (`ticket:<source>` for a ticketing system, `*` for all others):
 * the subscriptions, groups or workspaces of ARM and the registered workspaces (by id, or all of them), and whether they
 * may ask about a person, wherever that person's data is.
 */
export const callersSchema = z.record(
  z.string().min(1).max(100),
  z.strictObject({
    arm: z.union([z.literal("all"), z.array(armPrefixSchema)]).default([]),
    registered: z
      .union([z.literal("all"), z.array(z.string().regex(/^[0-9a-f]{32}$/))])
      .default([]),
    subjects: z.boolean().default(false),
  }),
);
export type Callers = z.infer<typeof callersSchema>;
