import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { deserialize, serialize } from "node:v8";
import { z } from "zod";
import type { Journal, QueueRecord } from "../model/journal.ts";
import type { Filter, RuleChange } from "../model/rules.ts";
import { firstRowId, openDatabase, type QueueNumbers, queueNumbers } from "./database.ts";
import { fromRow, MESSAGE_COLUMNS, MessageRow, toUpdate, toValues } from "./message-row.ts";
import type { Store } from "./store.ts";
import { type ContentReader, FreshContents, StoredContent } from "./stored-content.ts";

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
  const numbers = queueNumbers(database, begin);
  return {
    load: (queueName) => load(database, queueName, numbers),
    loadRuleChanges: (queueName) =>
      database
        .prepare("SELECT name, filter FROM rule_change WHERE queue = ? ORDER BY rowid")
        .all(queueName)
        .map(ruleChange),
    journal: (queueName) =>
      journal({ database, begin, fresh, lastSequenceNumbers, numbers }, queueName),
    commit,
    close() {
      commit();
      database.close();
    },
  };
}

function load(database: DatabaseSync, queueName: string, numbers: QueueNumbers): QueueRecord {
  const number = numbers(queueName);
  const firstId = firstRowId(number);
  const read = contentReader(database, firstId);
  const messages = database
    .prepare(`SELECT ${MESSAGE_COLUMNS} FROM message WHERE id >= ? AND id < ? ORDER BY id`)
    .iterate(firstId, firstRowId(number + 1))
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

function contentReader(database: DatabaseSync, firstId: number): ContentReader {
  const select = database.prepare("SELECT annotations, bare FROM message WHERE id = ?");
  return (sequenceNumber) => ContentRow.parse(select.get(firstId + sequenceNumber));
}

const RuleRow = z.object({ name: z.string(), filter: z.instanceof(Uint8Array).nullable() });

function ruleChange(row: unknown): RuleChange {
  const { name, filter } = RuleRow.parse(row);
  // Only `changeRule` writes this column, from the same type.
  return { name, filter: filter === null ? undefined : (deserialize(filter) as Filter) };
}

type Parts = {
  readonly database: DatabaseSync;
  readonly begin: () => void;
  readonly fresh: FreshContents;
  readonly lastSequenceNumbers: Map<string, number>;
  readonly numbers: QueueNumbers;
};

function journal(
  { database, begin, fresh, lastSequenceNumbers, numbers }: Parts,
  queue: string,
): Journal {
  const firstId = firstRowId(numbers(queue));
  const read = contentReader(database, firstId);
  const { insert, update, remove, remember, forget, changeRule } = prepare(database);
  return {
    insert(message) {
      begin();
      insert.run(firstId + message.sequenceNumber, ...toValues(message));
      const { content, sequenceNumber } = message;
      const stored = new StoredContent(content, sequenceNumber, read, content);
      fresh.add(stored);
      return stored;
    },
    update(message) {
      begin();
      update.run(...toUpdate(message), firstId + message.sequenceNumber);
    },
    remove(sequenceNumber) {
      begin();
      remove.run(firstId + sequenceNumber);
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
      "UPDATE message SET state = ?, due_at = ?, delivery_count = ?, changes = ? WHERE id = ?",
    ),
    remove: database.prepare("DELETE FROM message WHERE id = ?"),
    remember: database.prepare("INSERT OR REPLACE INTO recent_id VALUES (?, ?, ?)"),
    forget: database.prepare("DELETE FROM recent_id WHERE queue = ? AND until <= ?"),
    changeRule: database.prepare("INSERT OR REPLACE INTO rule_change VALUES (?, ?, ?)"),
  };
}
