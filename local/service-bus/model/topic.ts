import type { FilterView } from "./correlation-filter.ts";
import type { Content, Draft } from "./message.ts";
import { Queue } from "./queue.ts";
import type { QueueEnvironment, QueueSettings } from "./queue-settings.ts";
import type { Rules } from "./rules.ts";

/** A queue that takes part of what is sent to a topic, and the rules that say which part. */
export type Subscription = { readonly queue: Queue; readonly rules: Rules };

/**
 * A topic: a queue that holds scheduled messages only and copies every other one, at once, to the
 * subscriptions whose rules let it through. `viewOf` reads the filtered fields of a message.
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
    let view: FilterView | undefined;
    const viewOnce = () => (view ??= viewOf(draft.content));
    for (const { queue, rules } of subscriptions) {
      if (rules.letThrough(viewOnce)) {
        queue.accept({ ...draft, timeToLiveMs });
      }
    }
  };
  const sizeElsewhereBytes = () =>
    subscriptions.reduce((sum, { queue }) => sum + queue.occupiedBytes, 0);
  return new Queue(name, settings, { ...environment, forward, sizeElsewhereBytes });
}
