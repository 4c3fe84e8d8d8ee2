import type { TableClient } from "@azure/data-tables";
import type { z } from "zod";
import { privacyRequestSchema } from "../core/request.ts";
import { AppError } from "../errors.ts";
import type { RequestList, Summary } from "../pipeline/ports.ts";
import { after, type Condition, equals } from "./table-filter.ts";
import { type Row, tableRows } from "./table-rows.ts";

const PARTITION = "list";
/** Larger than any instant of a JavaScript date, in milliseconds; 16 digits hold every difference. */
const FAR_FUTURE_MS = 8_640_000_000_000_000;
const KEY = /^\d{16}-[0-9a-f]{32}$/;

const summarySchema: z.ZodType<Summary> = privacyRequestSchema.pick({
  requestId: true,
  kind: true,
  state: true,
  submitter: true,
  source: true,
  externalId: true,
  law: true,
  submittedAt: true,
  dueAt: true,
  finishedAt: true,
});

/**
 * The list of requests in Table Storage. The row key begins with the time left from the submission to the
 * end of all time, so that keys in ascending order, which is the only one that the service has, are newest
 * first. A cursor is the key of the last line of its page.
 */
export function tableRequestList(client: TableClient): RequestList {
  const rows = tableRows(client);
  return {
    put: (summary) => {
      const { state, submitter } = summary;
      // A caller may hand over a whole request: what is more than the line must not be kept.
      return rows.put(PARTITION, keyOf(summary), summarySchema.parse(summary), {
        state,
        submitter,
      });
    },
    page: async ({ state, submitter, limit, cursor }) => {
      const conditions: Condition[] = [];
      if (cursor !== undefined) conditions.push(after(keyOfCursor(cursor)));
      if (state !== undefined) conditions.push(equals("state", state));
      if (submitter !== undefined) conditions.push(equals("submitter", submitter));
      const found: Row<Summary>[] = [];
      // One line more than the page holds tells whether there is a next page.
      for await (const row of rows.range(PARTITION, conditions, summarySchema, limit + 1)) {
        found.push(row);
      }
      const shown = found.slice(0, limit);
      const last = found.length > limit ? shown.at(-1) : undefined;
      return {
        items: shown.map(({ value }) => value),
        cursor: last === undefined ? null : Buffer.from(last.key).toString("base64url"),
      };
    },
  };
}

function keyOf({ submittedAt, requestId }: Summary): string {
  const leftMs = FAR_FUTURE_MS - Date.parse(submittedAt);
  return `${String(leftMs).padStart(16, "0")}-${requestId}`;
}

function keyOfCursor(cursor: string): string {
  const key = Buffer.from(cursor, "base64url").toString();
  if (KEY.test(key)) return key;
  throw new AppError("validation-failed", "The cursor is not one of this list", {
    findings: [{ pointer: "/cursor", detail: "must be the cursor of an earlier page" }],
  });
}
