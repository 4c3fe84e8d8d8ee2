import type { TableClient, TransactionAction } from "@azure/data-tables";
import type { z } from "zod";
import { AppError, isCode } from "../errors.ts";
import { inGroups } from "./in-groups.ts";
import { ifThere, storageError } from "./storage-errors.ts";
import { decodeBody, encodeBody, tableKey } from "./table-codec.ts";
import type { Condition } from "./table-filter.ts";

/** A stored row. `storedAt` is the service's own time of the last write. */
export type Row<T> = {
  readonly key: string;
  readonly value: T;
  readonly version: string;
  readonly storedAt: string;
};

/** Properties beside the body, to filter by. */
export type Columns = Readonly<Record<string, string | boolean | number>>;

/** One step of a transaction. `insert` wants no row by that key, the others want one. */
export type RowAction =
  | {
      readonly do: "insert";
      readonly key: string;
      readonly value: unknown;
      readonly columns?: Columns;
    }
  | {
      readonly do: "replace";
      readonly key: string;
      readonly value: unknown;
      readonly version: string;
      readonly columns?: Columns;
    }
  | { readonly do: "delete"; readonly key: string };

type Put = ReturnType<typeof entityOf>;

/** A table of JSON rows. Every method may throw `store-unavailable`. */
export interface TableRows {
  /** The row, or null. */
  read<T>(partition: string, key: string, schema: z.ZodType<T>): Promise<Row<T> | null>;
  /** The rows of a partition that meet the conditions, in order of their key, `atMost` so many. */
  range<T>(
    partition: string,
    conditions: readonly Condition[],
    schema: z.ZodType<T>,
    atMost?: number,
  ): AsyncIterable<Row<T>>;
  /** The columns that `schema` names, of the rows that meet the conditions; their bodies are not read. */
  columns<T extends z.ZodRawShape>(
    partition: string,
    conditions: readonly Condition[],
    schema: z.ZodObject<T>,
  ): AsyncIterable<z.infer<z.ZodObject<T>>>;
  /**
   * Does everything or nothing. Returns the new version per action (null for a delete). Throws
   * `store-conflict` when a row is there that should not be, is not, or has another version.
   */
  transact(partition: string, actions: readonly RowAction[]): Promise<readonly (string | null)[]>;
  /**
   * Writes a row whether or not there is one. What is put into a partition while a write to it is under
   * way goes with the next, in one transaction: for partitions that everybody writes to.
   */
  put(partition: string, key: string, value: unknown, columns?: Columns): Promise<void>;
  /**
   * Deletes a row; one that is gone is no error. With a `version`, throws `store-conflict` when the row has
   * another.
   */
  remove(partition: string, key: string, version?: string): Promise<void>;
}

/** An entity-group transaction takes so many actions, and 4 MiB. */
export const MAX_ACTIONS = 100;
/** The service gives so many rows per page. */
const MAX_PAGE_ROWS = 1000;
const MAX_TRANSACTION_BYTES = 4 * 1024 * 1024;
/** What one action adds to the transaction beside its row: headers, address, boundaries. */
const ACTION_BYTES = 1024;

/** The rows of a table. The table is made at the first call of the process. */
export function tableRows(client: TableClient): TableRows {
  const call = callsTo(client);
  const puts = new Map<string, (row: Put) => Promise<void>>();
  const putAll = async (rows: readonly Put[]) => {
    // A transaction takes a row once; the last of the same key is what would be left of them.
    const byKey = new Map(rows.map((row) => [row.rowKey, row]));
    const [first, ...more] = byKey.values();
    if (first === undefined) return;
    if (more.length === 0) {
      await call("Writing a row", () => client.upsertEntity(first, "Replace"));
      return;
    }
    const steps = [first, ...more].map((row): TransactionAction => ["upsert", row, "Replace"]);
    assertFits(steps);
    await call("Writing rows", () => client.submitTransaction(steps));
  };
  return {
    read: async (partition, key, schema) => {
      const read = () => client.getEntity(tableKey(partition), tableKey(key));
      const entity = await ifThere(call("Reading a row", read));
      return entity === null ? null : rowOf(entity, schema);
    },
    range: async function* (partition, conditions, schema, atMost = Number.POSITIVE_INFINITY) {
      const filter = filterOf(partition, conditions);
      const maxPageSize = Math.min(atMost, MAX_PAGE_ROWS);
      const pages = client.listEntities({ queryOptions: { filter } }).byPage({ maxPageSize });
      for (let left = atMost; left > 0; ) {
        const { done, value } = await call("Listing rows", () => pages.next());
        if (done === true) return;
        for (const entity of value.slice(0, left)) yield rowOf(entity, schema);
        left -= value.length;
      }
    },
    columns: async function* (partition, conditions, schema) {
      const filter = filterOf(partition, conditions);
      const select = Object.keys(schema.shape);
      const pages = client.listEntities({ queryOptions: { filter, select } }).byPage();
      for (;;) {
        const { done, value } = await call("Listing columns", () => pages.next());
        if (done === true) return;
        for (const entity of value) yield schema.parse(entity);
      }
    },
    transact: async (partition, actions) => {
      const steps = actions.map((action) => stepOf(tableKey(partition), action));
      assertFits(steps);
      const transact = () => client.submitTransaction(steps);
      const { subResponses } = await conflictIfGone(call("A transaction", transact));
      return subResponses.map(({ etag }) => etag ?? null);
    },
    put: async (partition, key, value, columns = {}) => {
      const entity = entityOf(tableKey(partition), key, value, columns);
      const put = puts.get(partition) ?? inGroups(MAX_ACTIONS, putAll);
      puts.set(partition, put);
      await put(entity);
    },
    remove: async (partition, key, version) => {
      const options = version === undefined ? {} : { etag: version };
      const remove = () => client.deleteEntity(tableKey(partition), tableKey(key), options);
      await ifThere(call("Deleting a row", remove));
    },
  };
}

function filterOf(partition: string, conditions: readonly Condition[]): string {
  return [`PartitionKey eq '${tableKey(partition)}'`, ...conditions].join(" and ");
}

/** Runs calls to a table that is there, and maps their errors. */
function callsTo(client: TableClient) {
  let made: Promise<void> | undefined;
  return async <T>(name: string, run: () => Promise<T>): Promise<T> => {
    try {
      made ??= client.createTable();
      await made.catch((error: unknown) => {
        made = undefined;
        throw error;
      });
      return await run();
    } catch (error) {
      throw storageError(error, `${name} in table ${client.tableName}`);
    }
  };
}

function rowOf<T>(entity: Record<string, unknown>, schema: z.ZodType<T>): Row<T> {
  const { rowKey, etag, timestamp } = entity;
  return {
    key: String(rowKey),
    value: decodeBody(schema, entity),
    version: String(etag),
    storedAt: String(timestamp),
  };
}

function entityOf(partitionKey: string, key: string, value: unknown, columns: Columns) {
  return { partitionKey, rowKey: tableKey(key), ...columns, ...encodeBody(value) };
}

function stepOf(partitionKey: string, action: RowAction): TransactionAction {
  switch (action.do) {
    case "insert":
      return ["create", entityOf(partitionKey, action.key, action.value, action.columns ?? {})];
    case "replace": {
      const entity = entityOf(partitionKey, action.key, action.value, action.columns ?? {});
      return ["update", entity, "Replace", { etag: action.version }];
    }
    case "delete":
      // The client deletes whatever version there is when it does so in a transaction.
      return ["delete", { partitionKey, rowKey: tableKey(action.key) }];
  }
}

function assertFits(steps: readonly TransactionAction[]): void {
  const bytes = steps.reduce(
    (sum, [, entity]) => sum + Buffer.byteLength(JSON.stringify(entity)) + ACTION_BYTES,
    0,
  );
  if (steps.length > MAX_ACTIONS || bytes > MAX_TRANSACTION_BYTES) {
    throw new AppError("internal", "A change is too large for one transaction");
  }
}

async function conflictIfGone<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (isCode(error, "not-found")) throw new AppError("store-conflict", error.message);
    throw error;
  }
}
