import type { BrokerConfig, EntityConfig, SubscriptionConfig } from "./config.ts";
import type { Clock } from "./model/clock.ts";
import type { FilterView } from "./model/correlation-filter.ts";
import type { Content, Draft } from "./model/message.ts";
import { Queue } from "./model/queue.ts";
import type { QueueEnvironment, QueueSettings } from "./model/queue-settings.ts";
import { Rules } from "./model/rules.ts";
import { createTopic, type Subscription } from "./model/topic.ts";
import type { Store } from "./store/store.ts";
import type { Turn } from "./turn.ts";

/** Something a client can address. */
export type Entity = {
  readonly kind: "queue" | "topic" | "subscription" | "dead-letter-queue";
  readonly path: string;
  readonly queue: Queue;
  /** Present for a subscription. */
  readonly rules?: Rules;
};

/** The entities of the namespace. */
export interface Entities {
  /** The entity at a path such as `topic/Subscriptions/name`; the case does not count. */
  find(path: string): Entity | undefined;
  /** All of them, in the order of the configuration. */
  list(): readonly Entity[];
}

type Dependencies = {
  readonly clock: Clock;
  readonly store: Store;
  readonly turn: Turn;
  /** Reads the fields of a message that filters look at. */
  readonly viewOf: (content: Content) => FilterView;
};

/** Makes every queue, topic and subscription of a configuration, with what the store holds. */
export function createEntities(config: BrokerConfig, dependencies: Dependencies): Entities {
  const entities = config.queues.flatMap(({ name, settings }) =>
    queueEntities("queue", name, settings, dependencies),
  );
  for (const topic of config.topics) {
    const subscriptions = topic.subscriptions.map((subscription) =>
      subscriptionEntities(topic.name, subscription, dependencies),
    );
    entities.push(topicEntity(topic, subscriptions, dependencies));
    entities.push(...subscriptions.flatMap(({ entities: own }) => own));
  }
  const byPath = new Map(entities.map((entity) => [entity.path.toLowerCase(), entity]));
  return { find: (path) => byPath.get(path.toLowerCase()), list: () => entities };
}

function queueEntities(
  kind: "queue" | "subscription",
  path: string,
  settings: QueueSettings,
  dependencies: Dependencies,
): [Entity, Entity] {
  const deadLetterPath = `${path}/$deadletterqueue`;
  const deadLetterQueue = watched(dependencies, (environment) => {
    const unlimited = { ...settings, maxDeliveryCount: Infinity, duplicateWindowMs: undefined };
    return new Queue(deadLetterPath, unlimited, environment(deadLetterPath));
  });
  const deadLetter = (draft: Draft): void => void deadLetterQueue.accept(draft);
  const sizeElsewhereBytes = () => deadLetterQueue.occupiedBytes;
  const queue = watched(dependencies, (environment) => {
    return new Queue(path, settings, { ...environment(path), deadLetter, sizeElsewhereBytes });
  });
  return [
    { kind, path, queue },
    { kind: "dead-letter-queue", path: deadLetterPath, queue: deadLetterQueue },
  ];
}

function subscriptionEntities(
  topicName: string,
  { name, settings, rules: configured }: SubscriptionConfig,
  dependencies: Dependencies,
): Subscription & { readonly entities: readonly Entity[] } {
  const path = `${topicName}/subscriptions/${name}`;
  const [entity, deadLetters] = queueEntities("subscription", path, settings, dependencies);
  const { store } = dependencies;
  const journal = store.journal(path.toLowerCase());
  const changes = store.loadRuleChanges(path.toLowerCase());
  const rules = new Rules(configured, changes, (change) => journal.changeRule(change));
  return { entities: [{ ...entity, rules }, deadLetters], queue: entity.queue, rules };
}

function topicEntity(
  { name: path, settings }: EntityConfig,
  subscriptions: readonly Subscription[],
  dependencies: Dependencies,
): Entity {
  const queue = watched(dependencies, (environment) =>
    createTopic(path, settings, environment(path), subscriptions, dependencies.viewOf),
  );
  return { kind: "topic", path, queue };
}

/** Makes a queue that the turn watches over and serves. */
function watched(
  { clock, store, turn }: Dependencies,
  create: (environment: (path: string) => QueueEnvironment) => Queue,
): Queue {
  const queue = create((path) => ({
    clock,
    journal: store.journal(path.toLowerCase()),
    record: store.load(path.toLowerCase()),
    onActive: () => turn.serve(queue),
  }));
  turn.watch(queue);
  return queue;
}
