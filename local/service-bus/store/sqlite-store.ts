import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { deserialize, serialize } from "node:v8";
import { z } from "zod";
import type { Journal, QueueRecord } from "../model/journal.ts";
import type { Filter, RuleChange } from "../model/rules.ts";
import { fromRow, MESSAGE_COLUMNS, MessageRow, toUpdate, toValues } from "./message-row.ts";
import type { Store } from "./store.ts";
import { type ContentReader, FreshContents, StoredContent } from "./stored-content.ts";

/** WAL with full synchronisation: a commit that returned survives the loss of power. */
const SCHEMA = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA wal_autocheckpoint = 4000;
  CREATE TABLE IF NOT EXISTS message (
    queue TEXT NOT NULL,
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
    changes BLOB NOT NULL,
    PRIMARY KEY (queue, sequence_number)
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
`;

/**
 * A store in one SQLite file in a folder, which is made when it is missing. The file is held
 * exclusively: opening it throws when another broker has it.
 */
export function openSqliteStore(folder: string): Store {
  mkdirSync(folder, { recursive: true });
  const database = openDatabase(join(folder, "service-bus.sqlite"));
  const fresh = new FreshContents();
  const lastSequenceNumbers = new Map<string, number>();
  const setSequence = database.prepare("INSERT OR REPLACE INTO sequence VALUES (?, ?)");

  const begin = (): void => {
    if (!database.isTransaction) {
      database.exec("BEGIN IMMEDIATE");
    }
  };
  const commit = (): void => {
    if (!database.isTransaction) {
      return;
    }
    for (const entry of lastSequenceNumbers) {
      setSequence.run(...entry);
    }
    lastSequenceNumbers.clear();
    database.exec("COMMIT");
  };
  return {
    load: (queueName) => load(database, queueName),
    loadRuleChanges: (queueName) =>
      database
        .prepare("SELECT name, filter FROM rule_change WHERE queue = ? ORDER BY rowid")
        .all(queueName)
        .map(ruleChange),
    journal: (queueName) => journal(database, begin, fresh, lastSequenceNumbers, queueName),
    commit,
    close() {
      commit();
      database.close();
    },
  };
}

function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  try {
    database.exec(SCHEMA);
    return database;
  } catch (error) {
    database.close();
    throw new Error(`The store ${file} cannot be opened. Is another broker using it?`, {
      cause: error,
    });
  }
}

function load(database: DatabaseSync, queueName: string): QueueRecord {
  const read = contentReader(database, queueName);
  const messages = database
    .prepare(`SELECT ${MESSAGE_COLUMNS} FROM message WHERE queue = ? ORDER BY sequence_number`)
    .iterate(queueName)
    .map((row) => fromRow(MessageRow.parse(row), read));
  const sequence = database
    .prepare("SELECT last_sequence_number AS last FROM sequence WHERE queue = ?")
    .get(queueName);
  const recentIds = database
    .prepare("SELECT message_id, until FROM recent_id WHERE queue = ? ORDER BY until, rowid")
    .all(queueName);
  return {
    messages: [...messages],
    lastSequenceNumber: z.object({ last: z.number() }).optional().parse(sequence)?.last ?? 0,
    recentIds: z
      .array(z.object({ message_id: z.string(), until: z.number() }))
      .parse(recentIds)
      .map(({ message_id, until }) => [message_id, until]),
  };
}

const Bytes = z.instanceof(Uint8Array);
const ContentRow = z.object({ annotations: Bytes, bare: Bytes });

function contentReader(database: DatabaseSync, queue: string): ContentReader {
  const select = database.prepare(
    "SELECT annotations, bare FROM message WHERE queue = ? AND sequence_number = ?",
  );
  return (sequenceNumber) => ContentRow.parse(select.get(queue, sequenceNumber));
}

const RuleRow = z.object({ name: z.string(), filter: z.instanceof(Uint8Array).nullable() });

function ruleChange(row: unknown): RuleChange {
  const { name, filter } = RuleRow.parse(row);
  // Only `changeRule` writes this column, from the same type.
  return { name, filter: filter === null ? undefined : (deserialize(filter) as Filter) };
}

function journal(
  database: DatabaseSync,
  begin: () => void,
  fresh: FreshContents,
  lastSequenceNumbers: Map<string, number>,
  queue: string,
): Journal {
  const read = contentReader(database, queue);
  const { insert, update, remove, remember, forget, changeRule } = prepare(database);
  return {
    insert(message) {
      begin();
      insert.run(queue, ...toValues(message));
      const { content, sequenceNumber } = message;
      const stored = new StoredContent(content, sequenceNumber, read, content);
      fresh.add(stored);
      return stored;
    },
    update(message) {
      begin();
      update.run(...toUpdate(message), queue, message.sequenceNumber);
    },
    remove(sequenceNumber) {
      begin();
      remove.run(queue, sequenceNumber);
    },
    setLastSequenceNumber(sequenceNumber) {
      begin();
      lastSequenceNumbers.set(queue, sequenceNumber);
    },
    rememberId(messageId, until) {
      begin();
      remember.run(queue, messageId, until);
    },
    forgetIds(now) {
      begin();
      forget.run(queue, now);
    },
    changeRule({ name, filter }) {
      begin();
      changeRule.run(queue, name, filter === undefined ? null : serialize(filter));
    },
  };
}

function prepare(database: DatabaseSync) {
  return {
    insert: database.prepare(`INSERT INTO message VALUES (?${", ?".repeat(15)})`),
    update: database.prepare(
      `UPDATE message SET state = ?, due_at = ?, delivery_count = ?, changes = ?
        WHERE queue = ? AND sequence_number = ?`,
    ),
    remove: database.prepare("DELETE FROM message WHERE queue = ? AND sequence_number = ?"),
    remember: database.prepare("INSERT OR REPLACE INTO recent_id VALUES (?, ?, ?)"),
    forget: database.prepare("DELETE FROM recent_id WHERE queue = ? AND until <= ?"),
    changeRule: database.prepare("INSERT OR REPLACE INTO rule_change VALUES (?, ?, ?)"),
  };
}
