import type { SQLInputValue } from "node:sqlite";
import { deserialize, serialize } from "node:v8";
import { z } from "zod";
import {
  ACTIVE,
  type Message,
  NO_CHANGES,
  type PropertyChanges,
  type RestingState,
} from "../model/message.ts";
import { restingState } from "./resting-state.ts";
import { type ContentReader, StoredContent } from "./stored-content.ts";

const Bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

const NO_BYTES = new Uint8Array();

/** A row of the table `message`, with the size of the bytes in their place. */
export const MessageRow = z.object({
  sequence_number: z.number(),
  enqueued_sequence_number: z.number(),
  message_id: z.string(),
  durable: z.number(),
  priority: z.number(),
  size_bytes: z.number(),
  time_to_live_ms: z.number().nullable(),
  enqueued_at: z.number(),
  expires_at: z.number().nullable(),
  dead_letter_source: z.string().nullable(),
  state: z.enum(["active", "deferred", "scheduled"]),
  due_at: z.number().nullable(),
  delivery_count: z.number(),
  changes: Bytes,
});

/** A row of the table `message`, with the size of the bytes in their place. */
export type MessageRow = z.infer<typeof MessageRow>;

/** The values of a message's row after its queue, in the order of the columns. */
export function toValues(message: Message): SQLInputValue[] {
  const { content } = message;
  return [
    message.sequenceNumber,
    message.enqueuedSequenceNumber,
    message.messageId,
    Number(content.durable),
    content.priority,
    content.annotations,
    content.bare,
    finiteOrNull(message.timeToLiveMs ?? Infinity),
    message.enqueuedAt,
    finiteOrNull(message.expiresAt),
    message.deadLetterSource ?? null,
    ...toUpdate(message),
  ];
}

/** The values that change while a message is in a queue, in the order of the columns. */
export function toUpdate(message: Message): SQLInputValue[] {
  const state = restingState(message.state);
  const hasChanges = message.changes !== NO_CHANGES;
  return [
    state.kind,
    state.kind === "scheduled" ? state.dueAt : null,
    message.deliveryCount,
    hasChanges ? serialize(message.changes) : NO_BYTES,
  ];
}

/** The columns of `MessageRow`. */
export const MESSAGE_COLUMNS = `sequence_number, enqueued_sequence_number, message_id, durable,
  priority, length(annotations) + length(bare) AS size_bytes, time_to_live_ms,
  enqueued_at, expires_at, dead_letter_source, state, due_at, delivery_count, changes`;

/** The message that a row stands for; its bytes stay in the store. */
export function fromRow(row: MessageRow, read: ContentReader): Message {
  const durable = row.durable === 1;
  return {
    messageId: row.message_id,
    content: new StoredContent({ durable, priority: row.priority }, row.sequence_number, read),
    sizeBytes: row.size_bytes,
    timeToLiveMs: row.time_to_live_ms ?? undefined,
    sequenceNumber: row.sequence_number,
    enqueuedSequenceNumber: row.enqueued_sequence_number,
    enqueuedAt: row.enqueued_at,
    expiresAt: row.expires_at ?? Infinity,
    deadLetterSource: row.dead_letter_source ?? undefined,
    state: stateOf(row),
    deliveryCount: row.delivery_count,
    // Only `toUpdate` writes this column, from the same type.
    changes: row.changes.length === 0 ? NO_CHANGES : (deserialize(row.changes) as PropertyChanges),
  };
}

function stateOf({ state, due_at }: MessageRow): RestingState {
  switch (state) {
    case "scheduled":
      return { kind: state, dueAt: due_at ?? 0 };
    case "active":
      return ACTIVE;
    case "deferred":
      return { kind: state };
  }
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
