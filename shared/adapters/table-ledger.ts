import type { TableClient } from "@azure/data-tables";
import { z } from "zod";
import { privacyEventSchema } from "../core/events.ts";
import { outgoingSchema } from "../core/messages.ts";
import { privacyRequestSchema } from "../core/request.ts";
import { auditEntrySchema } from "../core/wire-audit.ts";
import { isCode } from "../errors.ts";
import type { Change, HistoryEntry, Ledger, Owed } from "../pipeline/ports.ts";
import { startingWith } from "./table-filter.ts";
import { type Row, type RowAction, tableRows } from "./table-rows.ts";

const REQUEST = "request";
const HISTORY = "history-";
const OUTBOX = "outbox-";

/** Rows are removed one by one, for one that is gone would fail a transaction. */
const REMOVALS_AT_ONCE = 32;

const historySchema: z.ZodType<HistoryEntry> = auditEntrySchema.extend({
  number: z.int().positive(),
});

const owedSchema: z.ZodType<Owed> = z.object({
  key: z.string(),
  send: z.array(outgoingSchema),
  events: z.array(privacyEventSchema),
});

/**
 * The ledger in Table Storage: partition key is the request id, row keys are `request`,
 * `history-<000001>` and `outbox-<key>`. A change is one entity-group transaction.
 */
export function tableLedger(client: TableClient): Ledger {
  const rows = tableRows(client);
  return {
    create: async (change) => {
      const { request } = change;
      const insert: RowAction = { do: "insert", key: REQUEST, value: request };
      try {
        await rows.transact(request.requestId, [insert, ...additions(change)]);
        return "created";
      } catch (error) {
        if (isCode(error, "store-conflict")) return "exists";
        throw error;
      }
    },
    load: async (requestId) => {
      const row = await rows.read(requestId, REQUEST, privacyRequestSchema);
      return row === null ? null : { value: row.value, version: row.version };
    },
    save: async (change, version) => {
      const { request } = change;
      const replace: RowAction = { do: "replace", key: REQUEST, value: request, version };
      await rows.transact(request.requestId, [replace, ...additions(change)]);
    },
    owed: async (requestId) => {
      const found: Row<Owed>[] = [];
      for await (const row of rows.range(requestId, startingWith(OUTBOX), owedSchema)) {
        found.push(row);
      }
      return found.sort(byAge).map(({ value }) => value);
    },
    paid: async (requestId, keys) => {
      for (let start = 0; start < keys.length; start += REMOVALS_AT_ONCE) {
        const some = keys.slice(start, start + REMOVALS_AT_ONCE);
        await Promise.all(some.map((key) => rows.remove(requestId, `${OUTBOX}${key}`)));
      }
    },
    history: async function* (requestId) {
      const found = rows.range(requestId, startingWith(HISTORY), historySchema);
      for await (const { value } of found) yield value;
    },
  };
}

/** The insertion of what a change owes, for any transaction of the request's partition. */
export function owedAction(owed: Owed): RowAction {
  return { do: "insert", key: `${OUTBOX}${owed.key}`, value: owed };
}

function additions({ history, owed }: Change): readonly RowAction[] {
  const entries = history.map((entry): RowAction => {
    const number = String(entry.number).padStart(6, "0");
    return { do: "insert", key: `${HISTORY}${number}`, value: entry };
  });
  return owed === null ? entries : [...entries, owedAction(owed)];
}

/** Keys of owed rows say nothing of their age; the service's time of storing them does. */
function byAge(a: Row<Owed>, b: Row<Owed>): number {
  return ageOf(a) < ageOf(b) ? -1 : 1;
}

/** The service leaves out zeros at the end of a fraction: without the "Z", shorter is earlier. */
function ageOf({ storedAt, key }: Row<Owed>): string {
  return `${storedAt.replace(/Z$/, "")} ${key}`;
}
