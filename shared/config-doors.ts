import { z } from "zod";
import { callersSchema } from "./core/caller-table.ts";
import { list } from "./setting-types.ts";

/** The settings of the doors: who speaks where, and how far each caller reaches. */

/** `name:queue` pairs: a ticketing system, and the queue in which it alone speaks. */
export const ticketQueues = list("tickets:privacy-requests").transform((items, context) =>
  items.map((item) => {
    const [, source, queue] = /^([a-z0-9-]{1,40}):([a-z0-9-]{1,100})$/.exec(item) ?? [];
    if (source === undefined || queue === undefined || source === "http") {
      context.addIssue({ code: "custom", message: "must be name:queue, with commas" });
    }
    return { source: source ?? "", queue: queue ?? "" };
  }),
);

/** The table of callers, as JSON; unset, it is empty, and nobody reaches anything. */
export const callers = z
  .string()
  .optional()
  .transform((text, context) => {
    if (text === undefined || text === "") return {};
    try {
      const parsed = callersSchema.safeParse(JSON.parse(text));
      if (parsed.success) return parsed.data;
    } catch {
      // What is no JSON is told below, as what has another form is.
    }
    context.addIssue({ code: "custom", message: "must be a table of callers as JSON" });
    return {};
  });
