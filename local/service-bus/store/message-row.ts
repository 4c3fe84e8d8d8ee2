import { deserialize, serialize } from "node:v8";
import { z } from "zod";
import type { Message, PropertyChanges, RestingState } from "../model/message.ts";
import { restingState } from "./resting-state.ts";

const Bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

/** A row of the table `message`. */
export const MessageRow = z.object({
  sequence_number: z.number(),
  enqueued_sequence_number: z.number(),
  message_id: z.string(),
  durable: z.number(),
  priority: z.number(),
  annotations: Bytes,
  bare: Bytes,
  time_to_live_ms: z.number().nullable(),
  enqueued_at: z.number(),
  expires_at: z.number().nullable(),
  dead_letter_source: z.string().nullable(),
  state: z.enum(["active", "deferred", "scheduled"]),
  due_at: z.number().nullable(),
  delivery_count: z.number(),
  changes: Bytes,
});

/** A row of the table `message`. */
export type MessageRow = z.infer<typeof MessageRow>;

/** The row to write for a message. */
export function toRow(message: Message): MessageRow {
  const state = restingState(message.state);
  return {
    sequence_number: message.sequenceNumber,
    enqueued_sequence_number: message.enqueuedSequenceNumber,
    message_id: message.messageId,
    durable: Number(message.content.durable),
    priority: message.content.priority,
    annotations: message.content.annotations,
    bare: message.content.bare,
    time_to_live_ms: finiteOrNull(message.timeToLiveMs ?? Infinity),
    enqueued_at: message.enqueuedAt,
    expires_at: finiteOrNull(message.expiresAt),
    dead_letter_source: message.deadLetterSource ?? null,
    state: state.kind,
    due_at: state.kind === "scheduled" ? state.dueAt : null,
    delivery_count: message.deliveryCount,
    changes: serialize(message.changes),
  };
}

/** The message that a row stands for. */
export function fromRow(row: MessageRow): Message {
  return {
    messageId: row.message_id,
    content: {
      durable: row.durable === 1,
      priority: row.priority,
      annotations: row.annotations,
      bare: row.bare,
    },
    timeToLiveMs: row.time_to_live_ms ?? undefined,
    sequenceNumber: row.sequence_number,
    enqueuedSequenceNumber: row.enqueued_sequence_number,
    enqueuedAt: row.enqueued_at,
    expiresAt: row.expires_at ?? Infinity,
    deadLetterSource: row.dead_letter_source ?? undefined,
    state: stateOf(row),
    deliveryCount: row.delivery_count,
    // Only `toRow` writes this column, from the same type.
    changes: deserialize(row.changes) as PropertyChanges,
  };
}

function stateOf({ state, due_at }: MessageRow): RestingState {
  return state === "scheduled" ? { kind: state, dueAt: due_at ?? 0 } : { kind: state };
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
