import type { Journal, QueueRecord } from "../model/journal.ts";
import type { RuleChange } from "../model/rules.ts";

/**
 * Where the broker keeps its queues. Everything written since the last `commit` becomes durable
 * together with it, or not at all. A `commit` that throws leaves the store unusable: the broker must
 * end, because what it holds in memory is ahead of what it can promise.
 */
export interface Store {
  /** What was committed for a queue; empty for one never written to. */
  load(queueName: string): QueueRecord;
  /** What clients changed in the rules of a subscription: oldest first, one change for each name. */
  loadRuleChanges(queueName: string): RuleChange[];
  /** Where that queue writes. */
  journal(queueName: string): Journal;
  commit(): void;
  /** Commits and releases the store. */
  close(): void;
}
