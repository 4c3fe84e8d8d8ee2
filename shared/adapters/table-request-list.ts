import type { TableClient } from "@azure/data-tables";
import { z } from "zod";
import { privacyRequestSchema } from "../core/request.ts";
import { type Summary, summaryOf } from "../core/summary.ts";
import { AppError } from "../errors.ts";
import type { RequestList, SummaryQuery } from "../pipeline/ports.ts";
import { after, atMost, type Condition, either, equals } from "./table-filter.ts";
import { type Columns, tableRows } from "./table-rows.ts";

const PARTITION = "list";
/** Larger than any instant of a JavaScript date, in milliseconds; 16 digits hold every difference. */
const FAR_FUTURE_MS = 8_640_000_000_000_000;
const KEY = /^\d{16}-[0-9a-f]{32}$/;
/** So many lines are read for one page at most when they have to be looked through here. */
const MAX_READ = 2_000;

const summarySchema: z.ZodType<Summary> = privacyRequestSchema
  .pick({
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
  })
  .extend({ workspaces: z.array(z.string()).default([]) });

/**
 * The list of requests in Table Storage. The row key begins with the time left from the submission to the
 * end of all time, so that keys in ascending order, which is the only one that the service has, are newest
 * first. A cursor is the key of the last line that was read for its page.
 */
export function tableRequestList(client: TableClient): RequestList {
  const rows = tableRows(client);
  return {
    put: (request) => {
      const summary = summaryOf(request);
      return rows.put(PARTITION, keyOf(summary), summary, columnsOf(summary));
    },
    page: async (query) => {
      const { limit, workspace } = query;
      // One line more than the page holds tells whether there is a next page.
      const toRead = workspace === undefined ? limit + 1 : MAX_READ;
      const found: { key: string; value: Summary }[] = [];
      let [read, last] = [0, ""];
      for await (const row of rows.range(PARTITION, conditionsOf(query), summarySchema, toRead)) {
        if (found.length === limit) return pageOf(found, last);
        read += 1;
        last = row.key;
        if (workspace === undefined || row.value.workspaces.includes(workspace)) found.push(row);
      }
      return pageOf(found, read === MAX_READ ? last : null);
    },
  };
}

function pageOf(found: readonly { value: Summary }[], last: string | null) {
  return {
    items: found.map(({ value }) => value),
    cursor: last === null ? null : Buffer.from(last).toString("base64url"),
  };
}

/** Columns to filter by; a row has none for what is null. */
function columnsOf({ state, submitter, kind, externalId, dueAt }: Summary): Columns {
  return {
    state,
    submitter,
    kind,
    dueAt,
    ...(externalId === null ? {} : { externalId }),
  };
}

function conditionsOf(query: SummaryQuery): readonly Condition[] {
  const { state, kind, submitter, externalId, dueBefore, cursor } = query;
  const conditions: Condition[] = [];
  if (cursor !== undefined) conditions.push(after(keyOfCursor(cursor)));
  if (state !== undefined) conditions.push(equals("state", state));
  if (kind !== undefined) conditions.push(equals("kind", kind));
  if (externalId !== undefined) conditions.push(equals("externalId", externalId));
  if (dueBefore !== undefined) conditions.push(atMost("dueAt", dueBefore));
  if (submitter !== undefined) {
    const own = equals("submitter", submitter);
    conditions.push(query.orDeletions === true ? either(own, equals("kind", "delete")) : own);
  }
  return conditions;
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
