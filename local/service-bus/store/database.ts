import { DatabaseSync } from "node:sqlite";
import { z } from "zod";

/** Raised when a table changes: a store of another layout is refused. */
const LAYOUT = 2;

/** WAL with full synchronisation: a commit that returned survives the loss of power. */
const SCHEMA = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA wal_autocheckpoint = 4000;
  CREATE TABLE IF NOT EXISTS queue (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY,
    sequence_number INTEGER NOT NULL,
    enqueued_sequence_number INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    durable INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    annotations BLOB NOT NULL,
    bare BLOB NOT NULL,
    time_to_live_ms INTEGER,
    enqueued_at INTEGER NOT NULL,
    expires_at INTEGER,
    dead_letter_source TEXT,
    state TEXT NOT NULL,
    due_at INTEGER,
    delivery_count INTEGER NOT NULL,
    changes BLOB NOT NULL
  );
  CREATE TABLE IF NOT EXISTS sequence (
    queue TEXT PRIMARY KEY,
    last_sequence_number INTEGER NOT NULL
  );
  CREATE TABLE IF NOT EXISTS recent_id (
    queue TEXT NOT NULL,
    message_id TEXT NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (queue, message_id)
  );
  CREATE TABLE IF NOT EXISTS rule_change (
    queue TEXT NOT NULL,
    name TEXT NOT NULL COLLATE NOCASE,
    filter BLOB,
    PRIMARY KEY (queue, name)
  );
  CREATE INDEX IF NOT EXISTS recent_id_until ON recent_id (queue, until);
  PRAGMA user_version = ${LAYOUT};
`;

/** Sequence numbers of one queue; 2^53 leaves room for 8191 queues. */
const ROW_IDS_PER_QUEUE = 2 ** 40;

/** Gives a queue, by its name, the number that its messages' row ids begin with. */
export type QueueNumbers = (queueName: string) => number;

/** The row id below those of a queue's messages, which are this and their sequence number. */
export function firstRowId(queueNumber: number): number {
  return queueNumber * ROW_IDS_PER_QUEUE;
}

/** Numbers queues as they come, and for good. */
export function queueNumbers(database: DatabaseSync, begin: () => void): QueueNumbers {
  const add = database.prepare("INSERT OR IGNORE INTO queue (name) VALUES (?)");
  const select = database.prepare("SELECT number FROM queue WHERE name = ?");
  const Row = z.object({ number: z.number() });
  return (queueName) => {
    begin();
    add.run(queueName);
    return Row.parse(select.get(queueName)).number;
  };
}

/** Opens a store's file, or makes it. Throws when another process holds it or its layout differs. */
export function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  try {
    refuseOtherLayouts(database, file);
    database.exec(SCHEMA);
    return database;
  } catch (error) {
    database.close();
    throw error instanceof LayoutError
      ? error
      : new Error(`The store ${file} cannot be opened. Is another broker using it?`, {
          cause: error,
        });
  }
}

class LayoutError extends Error {}

function refuseOtherLayouts(database: DatabaseSync, file: string): void {
  const Row = z.object({ layout: z.number(), tables: z.number() });
  const row = database
    .prepare(
      `SELECT user_version AS layout, (SELECT count(*) FROM sqlite_schema) AS tables
        FROM pragma_user_version`,
    )
    .get();
  const { layout, tables } = Row.parse(row);
  if (tables > 0 && layout !== LAYOUT) {
    throw new LayoutError(
      `The store ${file} was made by another version of the broker. Remove its folder to start anew.`,
    );
  }
}
