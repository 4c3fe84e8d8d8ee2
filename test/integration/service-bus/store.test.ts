import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Message, withContent } from "../../../local/service-bus/model/message.ts";
import { createMemoryStore } from "../../../local/service-bus/store/memory-store.ts";
import { openSqliteStore } from "../../../local/service-bus/store/sqlite-store.ts";
import type { Store } from "../../../local/service-bus/store/store.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "service-bus-store-"));
});

afterEach(() => rm(folder, { recursive: true }));

function message(sequenceNumber: number, fields: Partial<Message> = {}): Message {
  return {
    messageId: `m${sequenceNumber}`,
    content: {
      durable: true,
      priority: 4,
      annotations: new Uint8Array([1]),
      bare: new Uint8Array([2, 3]),
    },
    sizeBytes: 3,
    timeToLiveMs: 5000,
    sequenceNumber,
    enqueuedSequenceNumber: sequenceNumber,
    enqueuedAt: 1000,
    expiresAt: Infinity,
    deadLetterSource: undefined,
    state: { kind: "active" },
    deliveryCount: 0,
    changes: {},
    ...fields,
  };
}

/** Every store keeps to these; `reopen` is what a restart would be. */
const STORES: [string, () => { store: Store; reopen: (store: Store) => Store }][] = [
  ["in memory", () => ({ store: createMemoryStore(), reopen: (store) => store })],
  [
    "in SQLite",
    () => ({
      store: openSqliteStore(folder),
      reopen(store) {
        store.close();
        return openSqliteStore(folder);
      },
    }),
  ],
];

describe.each(STORES)("a store %s", (_, open) => {
  it("holds nothing of a queue it never heard of", () => {
    const { store } = open();

    expect(store.load("q")).toEqual({ messages: [], lastSequenceNumber: 0, recentIds: [] });
    store.close();
  });

  it("gives back every field of a message", () => {
    const { store, reopen } = open();
    const original = message(1, {
      state: { kind: "scheduled", dueAt: 9000 },
      deliveryCount: 2,
      deadLetterSource: "orders",
      changes: { text: "x", number: 1.5, yes: true, nothing: null, at: new Date(1000) },
    });

    store.journal("q").insert(original);
    const again = reopen(store);

    expect(again.load("q").messages.map(withContent)).toEqual([original]);
    again.close();
  });

  it("puts a locked message on record as what it falls back to", () => {
    const { store, reopen } = open();
    const journal = store.journal("q");
    journal.insert(message(1));

    const from = { kind: "deferred" } as const;
    const state = { kind: "locked", lockToken: "t", lockedUntil: 5000, from } as const;
    journal.update(message(1, { state, deliveryCount: 1 }));
    const again = reopen(store);

    expect(again.load("q").messages).toMatchObject([{ state: from, deliveryCount: 1 }]);
    again.close();
  });

  it("keeps queues apart, in order, without what was removed", () => {
    const { store, reopen } = open();
    const journal = store.journal("q");
    for (const sequenceNumber of [1, 2, 10]) {
      journal.insert(message(sequenceNumber));
    }
    store.journal("other").insert(message(1));

    journal.remove(2);
    const again = reopen(store);

    expect(again.load("q").messages.map((each) => each.sequenceNumber)).toEqual([1, 10]);
    expect(again.load("other").messages).toHaveLength(1);
    again.close();
  });

  it("remembers the last sequence number and the ids whose time is not up", () => {
    const { store, reopen } = open();
    const journal = store.journal("q");

    journal.setLastSequenceNumber(7);
    journal.rememberId("old", 1000);
    journal.rememberId("new", 1001);
    journal.forgetIds(1000);
    const again = reopen(store);

    expect(again.load("q")).toMatchObject({ lastSequenceNumber: 7, recentIds: [["new", 1001]] });
    again.close();
  });
});

it("refuses a file of another layout, and says what to do", () => {
  openSqliteStore(folder).close();
  const file = new DatabaseSync(join(folder, "service-bus.sqlite"));
  file.exec("PRAGMA user_version = 1");
  file.close();

  expect(() => openSqliteStore(folder)).toThrow("made by another version of the broker");
});
