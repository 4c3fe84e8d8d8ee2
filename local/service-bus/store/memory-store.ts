import { emptyRecord, type Journal, type QueueRecord } from "../model/journal.ts";
import type { Message } from "../model/message.ts";
import type { RuleChange } from "../model/rules.ts";
import { restingState } from "./resting-state.ts";
import type { Store } from "./store.ts";

type Entry = {
  readonly messages: Map<number, Message>;
  readonly recentIds: Map<string, number>;
  readonly ruleChanges: Map<string, RuleChange>;
  lastSequenceNumber: number;
};

/** A store that lives as long as the process; it holds what a durable one would. */
export function createMemoryStore(): Store {
  const entries = new Map<string, Entry>();
  return {
    load: (queueName) => record(entries.get(queueName)),
    loadRuleChanges: (queueName) => [...(entries.get(queueName)?.ruleChanges.values() ?? [])],
    journal(queueName) {
      const entry = entries.get(queueName) ?? {
        messages: new Map(),
        recentIds: new Map(),
        ruleChanges: new Map(),
        lastSequenceNumber: 0,
      };
      entries.set(queueName, entry);
      return journal(entry);
    },
    commit: () => undefined,
    close: () => undefined,
  };
}

function record(entry: Entry | undefined): QueueRecord {
  return entry === undefined
    ? emptyRecord
    : {
        messages: Array.from(entry.messages.values(), (message) => ({ ...message })),
        lastSequenceNumber: entry.lastSequenceNumber,
        recentIds: [...entry.recentIds],
      };
}

function journal(entry: Entry): Journal {
  const put = (message: Message): void => {
    const state = restingState(message.state);
    entry.messages.set(message.sequenceNumber, { ...message, state });
  };
  return {
    insert(message) {
      put(message);
      return message.content;
    },
    update: put,
    remove: (sequenceNumber) => void entry.messages.delete(sequenceNumber),
    setLastSequenceNumber: (sequenceNumber) => {
      entry.lastSequenceNumber = sequenceNumber;
    },
    rememberId: (messageId, until) => void entry.recentIds.set(messageId, until),
    forgetIds(now) {
      for (const [messageId, until] of entry.recentIds) {
        if (until <= now) {
          entry.recentIds.delete(messageId);
        }
      }
    },
    changeRule(change) {
      const key = change.name.toLowerCase();
      entry.ruleChanges.delete(key);
      entry.ruleChanges.set(key, change);
    },
  };
}
