import type { Draft, Message, PropertyChanges } from "./message.ts";

/** Why a message goes to the dead-letter queue, and the properties to add to it. */
export type DeadLetterReason = {
  readonly reason?: string | undefined;
  readonly description?: string | undefined;
  readonly changes?: PropertyChanges | undefined;
};

/** The reason Service Bus gives when the time to live of a message ends. */
export const EXPIRED: DeadLetterReason = {
  reason: "TTLExpiredException",
  description: "The message expired and was dead lettered.",
};

/** The reason Service Bus gives when a message failed `deliveryCount` times. */
export function maxDeliveryCountExceeded(deliveryCount: number): DeadLetterReason {
  return {
    reason: "MaxDeliveryCountExceeded",
    description: `Message could not be consumed after ${deliveryCount} delivery attempts.`,
  };
}

/** The draft that enters the dead-letter queue when the entity `source` gives a message up. */
export function deadLetterDraft(message: Message, source: string, why: DeadLetterReason): Draft {
  const { reason, description } = why;
  return {
    ...message,
    deadLetterSource: source,
    changes: {
      ...message.changes,
      ...why.changes,
      ...(reason === undefined ? {} : { DeadLetterReason: reason }),
      ...(description === undefined ? {} : { DeadLetterErrorDescription: description }),
    },
  };
}
