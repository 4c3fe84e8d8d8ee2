import type { TableClient } from "@azure/data-tables";
import { z } from "zod";
import { instantSchema } from "../core/request.ts";
import { AppError } from "../errors.ts";
import type { Due, DueIndex } from "../pipeline/ports.ts";
import { after, until } from "./table-filter.ts";
import { tableRows } from "./table-rows.ts";

/** What is looked at when: each in a partition of its own, so that one range of keys answers what is due. */
export type DuePartition = "due" | "purge" | "deadline";

const dueSchema: z.ZodType<Due> = z.object({ lookAt: instantSchema, requestId: z.string() });

/** The due index in Table Storage: the row key is `<lookAt>-<request id>`, so keys sort by time. */
export function tableDueIndex(client: TableClient, partition: DuePartition = "due"): DueIndex {
  const rows = tableRows(client);
  return {
    add: (due) => rows.put(partition, keyOf(due), due),
    remove: (due) => rows.remove(partition, keyOf(due)),
    until: async (at, limit, last) => {
      // No request id sorts after "~", so the range takes in every row of that very instant.
      const end = until(`${instant(at)}-~`);
      const conditions = last === undefined ? [end] : [after(keyOf(last)), end];
      const found: Due[] = [];
      for await (const { value } of rows.range(partition, conditions, dueSchema, limit)) {
        found.push(value);
      }
      return found;
    },
  };
}

function keyOf({ lookAt, requestId }: Due): string {
  return `${instant(lookAt)}-${requestId}`;
}

/** Only instants of one form sort by time. */
function instant(text: string): string {
  if (instantSchema.safeParse(text).success) return text;
  throw new AppError("internal", "An instant is not ISO 8601 in UTC with milliseconds");
}
