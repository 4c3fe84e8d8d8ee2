import type { Entity } from "../entities.ts";
import type { Message } from "../model/message.ts";

/** What an entity holds, in numbers. */
export type EntityDump = {
  readonly path: string;
  readonly kind: Entity["kind"];
  readonly active: number;
  readonly locked: number;
  readonly deferred: number;
  readonly scheduled: number;
  readonly occupiedBytes: number;
  /** Names of the rules of a subscription. */
  readonly rules?: readonly string[];
};

/** A message without its content. Times are ISO 8601. */
export type MessageDump = {
  readonly sequenceNumber: number;
  readonly messageId: string;
  readonly state: Message["state"]["kind"];
  readonly deliveryCount: number;
  readonly enqueuedAt: string;
  readonly expiresAt?: string;
  readonly scheduledAt?: string;
  readonly lockToken?: string;
  readonly lockedUntil?: string;
  readonly deadLetterReason?: unknown;
};

/** The numbers of one entity. */
export function dumpEntity({ path, kind, queue, rules }: Entity): EntityDump {
  const counts = { active: 0, locked: 0, deferred: 0, scheduled: 0 };
  for (const { state } of queue.peek(0, Infinity)) {
    counts[state.kind] += 1;
  }
  const names = rules?.list().map(({ name }) => name);
  const numbers = { path, kind, ...counts, occupiedBytes: queue.occupiedBytes };
  return names === undefined ? numbers : { ...numbers, rules: names };
}

/** The messages of an entity in order, from a sequence number on. */
export function dumpMessages({ queue }: Entity, from: number, count: number): MessageDump[] {
  return queue.peek(from, count).map(dumpMessage);
}

function dumpMessage(message: Message): MessageDump {
  const { state, expiresAt, changes } = message;
  return {
    sequenceNumber: message.sequenceNumber,
    messageId: message.messageId,
    state: state.kind,
    deliveryCount: message.deliveryCount,
    enqueuedAt: iso(message.enqueuedAt),
    ...(Number.isFinite(expiresAt) && { expiresAt: iso(expiresAt) }),
    ...(state.kind === "scheduled" && { scheduledAt: iso(state.dueAt) }),
    ...(state.kind === "locked" && {
      lockToken: state.lockToken,
      lockedUntil: iso(state.lockedUntil),
    }),
    ...("DeadLetterReason" in changes && { deadLetterReason: changes["DeadLetterReason"] }),
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
