/** A value an application property can take. */
export type PropertyValue = string | number | boolean | Date | Uint8Array | null;

/** Application properties that replace or extend those the sender wrote. */
export type PropertyChanges = Readonly<Record<string, PropertyValue>>;

/** The same object for every message that has none: there may be very many of them. */
export const NO_CHANGES: PropertyChanges = {};

/** What the sender wrote. The model carries it and never looks inside. */
export type Content = {
  readonly durable: boolean;
  readonly priority: number;
  /** The encoded message-annotations section, empty when the sender wrote none. */
  readonly annotations: Uint8Array;
  /** The encoded properties, application-properties, body and footer sections, byte for byte. */
  readonly bare: Uint8Array;
};

/** A message on its way into a queue or topic. */
export type Draft = {
  /** The key of duplicate detection. */
  readonly messageId: string;
  readonly content: Content;
  readonly timeToLiveMs?: number | undefined;
  readonly scheduledAt?: number | undefined;
  /** The number the message had where it entered the namespace, when that is another place. */
  readonly enqueuedSequenceNumber?: number | undefined;
  readonly changes?: PropertyChanges | undefined;
  /** The entity that gave the message up, for a message on its way into a dead-letter queue. */
  readonly deadLetterSource?: string | undefined;
};

/** Where a message stands when nobody holds a lock on it: the states that survive a restart. */
export type RestingState =
  | { readonly kind: "active" }
  | { readonly kind: "deferred" }
  | { readonly kind: "scheduled"; readonly dueAt: number };

/** The same object for every message that waits: there may be very many of them. */
export const ACTIVE: RestingState = { kind: "active" };

/** A message that a receiver holds; nobody else gets it until `lockedUntil`. */
export type LockedState = {
  readonly kind: "locked";
  readonly lockToken: string;
  readonly lockedUntil: number;
  /** The state the message falls back to when the lock ends. */
  readonly from: Exclude<RestingState, { kind: "scheduled" }>;
};

/** A message in a queue. Times are milliseconds since the epoch; `expiresAt` may be infinite. */
export type Message = {
  readonly messageId: string;
  content: Content;
  /** What the content takes up, as far as the sender determined it. */
  readonly sizeBytes: number;
  readonly timeToLiveMs: number | undefined;
  readonly sequenceNumber: number;
  readonly enqueuedSequenceNumber: number;
  readonly enqueuedAt: number;
  readonly expiresAt: number;
  readonly deadLetterSource: string | undefined;
  state: RestingState | LockedState;
  /** How many deliveries failed, so 0 during the first one. */
  deliveryCount: number;
  changes: PropertyChanges;
};

/** What a content takes up. */
export function contentBytes({ annotations, bare }: Pick<Content, "annotations" | "bare">): number {
  return annotations.length + bare.length;
}

/** The message with its content in memory, which may be in the store only until it is removed. */
export function withContent(message: Message): Message {
  const { durable, priority, annotations, bare } = message.content;
  return { ...message, content: { durable, priority, annotations, bare } };
}

/** A message that somebody holds the lock of. */
export type LockedMessage = Message & { state: LockedState };

/**
 * The message that a draft becomes in a queue. The shorter of its own and the queue's time to live
 * counts, and counts anew when a scheduled message becomes active; in a dead-letter queue a message
 * lives for ever.
 */
export function newMessage(
  draft: Draft,
  sequenceNumber: number,
  now: number,
  defaultTimeToLiveMs: number,
  state: RestingState,
): Message {
  const { messageId, content, timeToLiveMs, deadLetterSource } = draft;
  const ownTimeToLiveMs = Math.min(timeToLiveMs ?? Infinity, defaultTimeToLiveMs);
  return {
    messageId,
    content,
    sizeBytes: contentBytes(content),
    timeToLiveMs,
    sequenceNumber,
    enqueuedSequenceNumber: draft.enqueuedSequenceNumber ?? sequenceNumber,
    enqueuedAt: now,
    expiresAt: deadLetterSource !== undefined ? Infinity : now + ownTimeToLiveMs,
    deadLetterSource,
    state,
    deliveryCount: 0,
    changes: draft.changes ?? NO_CHANGES,
  };
}
