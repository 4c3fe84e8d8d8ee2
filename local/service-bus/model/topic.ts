import { type CorrelationFilter, type FilterView, matches } from "./correlation-filter.ts";
import type { Content, Draft } from "./message.ts";
import { Queue } from "./queue.ts";
import type { QueueEnvironment, QueueSettings } from "./queue-settings.ts";

/** A queue that takes part of what is sent to a topic. */
export type Subscription = {
  readonly queue: Queue;
  /** A message is copied in when one of these lets it through; none means every message. */
  readonly filters: readonly CorrelationFilter[];
};

/**
 * A topic: a queue that holds scheduled messages only and copies every other one, at once, to the
 * subscriptions whose filters let it through. `viewOf` reads the filtered fields of a message.
 */
export function createTopic(
  name: string,
  settings: QueueSettings,
  environment: Omit<QueueEnvironment, "forward" | "deadLetter">,
  subscriptions: readonly Subscription[],
  viewOf: (content: Content) => FilterView,
): Queue {
  const forward = (draft: Draft): void => {
    const timeToLiveMs = Math.min(draft.timeToLiveMs ?? Infinity, settings.defaultTimeToLiveMs);
    for (const { queue, filters } of subscriptions) {
      if (
        filters.length === 0 ||
        filters.some((filter) => matches(filter, viewOf(draft.content)))
      ) {
        queue.accept({ ...draft, timeToLiveMs });
      }
    }
  };
  return new Queue(name, settings, { ...environment, forward });
}
