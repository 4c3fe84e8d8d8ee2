import type { TableClient } from "@azure/data-tables";
import { z } from "zod";
import {
  type DoneSlice,
  doneSliceSchema,
  type OpenSlice,
  openSliceSchema,
  tallyOf,
} from "../core/slice.ts";
import { AppError, isCode } from "../errors.ts";
import type { Slices, Stored } from "../pipeline/ports.ts";
import { after, type Condition, equals, from, startingWith, until } from "./table-filter.ts";
import { owedAction } from "./table-ledger.ts";
import { MAX_ACTIONS, type RowAction, type TableRows, tableRows } from "./table-rows.ts";

const SLICE = "slice-";
const OPEN = "open-";

/** A slice has two rows, and both are added in one transaction. */
const SLICES_PER_TRANSACTION = MAX_ACTIONS / 2;

/** Beside a slice's body, so that what it comes to can be read without it. */
const tallySchema = z.object({ settled: z.number(), failed: z.number(), bytes: z.number() });

const anySchema = z.union([openSliceSchema, doneSliceSchema]);
const markSchema = z.null();

/**
 * The slices in Table Storage, in the partition of their request.
 *
 * `slice-<id>` holds the slice, open or settled, and stays for good, so a planner that was asleep can't
 * add a settled slice again. `open-<id>` is there while the slice is open, so that open slices are found
 * without reading the settled ones. It is never written without the first: the client has no conditional
 * delete within a transaction, and the version of the first guards both.
 */
export function tableSlices(client: TableClient): Slices {
  const rows = tableRows(client);
  return {
    add: async (requestId, slices) => {
      for (let start = 0; start < slices.length; start += SLICES_PER_TRANSACTION) {
        await addMissing(rows, requestId, slices.slice(start, start + SLICES_PER_TRANSACTION));
      }
    },
    load: async (requestId, sliceId) => {
      const row = await rows.read(requestId, `${SLICE}${sliceId}`, anySchema);
      if (row === null || !isOpenSlice(row.value)) return null;
      return { value: row.value, version: row.version };
    },
    save: async (requestId, slice, version, owed) => {
      const replace: RowAction = { do: "replace", ...sliceRow(slice), version };
      const actions = owed === undefined ? [replace] : [replace, owedAction(owed)];
      const [stored] = await rows.transact(requestId, actions);
      if (typeof stored === "string") return stored;
      throw new AppError("internal", "The store did not tell the version of a row");
    },
    settle: async (requestId, done, version) => {
      await rows.transact(requestId, [
        { do: "replace", ...sliceRow(done), version },
        { do: "delete", key: `${OPEN}${done.sliceId}` },
      ]);
    },
    open: (requestId, prefix, afterId, limit) => listOpen(rows, requestId, prefix, afterId, limit),
    tally: async (requestId, prefix) => {
      let [settled, failed, bytes] = [0, 0, 0];
      const found = rows.columns(requestId, startingWith(`${SLICE}${prefix}`), tallySchema);
      for await (const slice of found) {
        settled += slice.settled;
        failed += slice.failed;
        bytes += slice.bytes;
      }
      return { settled, failed, bytes };
    },
    done: async function* (requestId, prefix) {
      const conditions = [...startingWith(`${SLICE}${prefix}`), equals("open", false)];
      for await (const { value } of rows.range(requestId, conditions, doneSliceSchema)) yield value;
    },
  };
}

async function addMissing(
  rows: TableRows,
  requestId: string,
  slices: readonly OpenSlice[],
): Promise<void> {
  let missing = slices;
  while (missing.length > 0) {
    try {
      await rows.transact(requestId, missing.flatMap(newRows));
      return;
    } catch (error) {
      if (!isCode(error, "store-conflict")) throw error;
      const known = await knownIds(rows, requestId, missing);
      const rest = missing.filter(({ sliceId }) => !known.has(sliceId));
      // Nothing that is there explains the conflict: trying again would not end.
      if (rest.length === missing.length) throw error;
      missing = rest;
    }
  }
}

function newRows(slice: OpenSlice): readonly RowAction[] {
  return [
    { do: "insert", ...sliceRow(slice) },
    { do: "insert", key: `${OPEN}${slice.sliceId}`, value: null },
  ];
}

/** The row of a slice, open or settled. */
function sliceRow(slice: OpenSlice | DoneSlice) {
  const open = isOpenSlice(slice);
  const columns = { open, ...tallyOf(slice) };
  return { key: `${SLICE}${slice.sliceId}`, value: slice, columns };
}

function isOpenSlice(slice: OpenSlice | DoneSlice): slice is OpenSlice {
  return "lines" in slice;
}

async function knownIds(
  rows: TableRows,
  requestId: string,
  slices: readonly OpenSlice[],
): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  const conditions = span(slices.map(({ sliceId }) => sliceId));
  for await (const { value } of rows.range(requestId, conditions, anySchema)) {
    known.add(value.sliceId);
  }
  return known;
}

/**
 * Reads marks, then their slices. A slice may be settled in between, so this goes on until it has enough or
 * there is no mark left: an empty answer means that no slice was open.
 */
async function listOpen(
  rows: TableRows,
  requestId: string,
  prefix: string,
  afterId: string,
  limit: number,
): Promise<readonly Stored<OpenSlice>[]> {
  const found: Stored<OpenSlice>[] = [];
  let last = afterId;
  while (found.length < limit) {
    const ids = await openIds(rows, requestId, prefix, last, limit - found.length);
    const end = ids.at(-1);
    if (end === undefined) break;
    const still = [...span(ids), equals("open", true)];
    for await (const { value, version } of rows.range(requestId, still, openSliceSchema)) {
      found.push({ value, version });
    }
    last = end;
  }
  return found.slice(0, limit);
}

async function openIds(
  rows: TableRows,
  requestId: string,
  prefix: string,
  afterId: string,
  limit: number,
): Promise<readonly string[]> {
  const conditions = [...startingWith(`${OPEN}${prefix}`), after(`${OPEN}${afterId}`)];
  const ids: string[] = [];
  for await (const { key } of rows.range(requestId, conditions, markSchema, limit)) {
    ids.push(key.slice(OPEN.length));
  }
  return ids;
}

/** The rows of slices from the first to the last of some ids. */
function span(ids: readonly string[]): readonly Condition[] {
  const sorted = [...ids].sort();
  const [first = "", last = ""] = [sorted[0], sorted.at(-1)];
  return [from(`${SLICE}${first}`), until(`${SLICE}${last}`)];
}
