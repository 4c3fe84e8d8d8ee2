import { readFileSync } from "node:fs";
import { z } from "zod";
import type { CorrelationFilter } from "./model/correlation-filter.ts";
import type { QueueSettings } from "./model/queue-settings.ts";

/** The entities of one namespace. */
export type BrokerConfig = {
  readonly queues: readonly EntityConfig[];
  readonly topics: readonly TopicConfig[];
};

/** A queue. */
export type EntityConfig = { readonly name: string; readonly settings: QueueSettings };

/** A topic; of its settings the time to live and the duplicate window count. */
export type TopicConfig = EntityConfig & { readonly subscriptions: readonly SubscriptionConfig[] };

/** A subscription; without filters it gets every message. */
export type SubscriptionConfig = EntityConfig & { readonly filters: readonly CorrelationFilter[] };

const DURATION = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** An ISO 8601 duration of days and smaller units, in milliseconds. */
const DurationMs = z
  .string()
  .regex(DURATION, "expected an ISO 8601 duration such as PT10S or P14D")
  .transform((text) => {
    const [days = 0, hours = 0, minutes = 0, seconds = 0] = (DURATION.exec(text) ?? [])
      .slice(1)
      .map((part) => Number(part ?? 0));
    return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
  });

const Name = z.string().regex(/^[\w](?:[\w./~-]*[\w])?$/, "is not an entity name");

const NoSessions = z.literal(false, "sessions are not supported").optional();
const NoForwarding = z.literal("", "forwarding is not supported").optional();

const TopicProperties = z.object({
  DefaultMessageTimeToLive: DurationMs.default(Infinity),
  DuplicateDetectionHistoryTimeWindow: DurationMs.default(10 * 60_000),
  RequiresDuplicateDetection: z.boolean().default(false),
});

const SubscriptionProperties = z.object({
  DeadLetteringOnMessageExpiration: z.boolean().default(false),
  DefaultMessageTimeToLive: DurationMs.default(Infinity),
  ForwardDeadLetteredMessagesTo: NoForwarding,
  ForwardTo: NoForwarding,
  LockDuration: DurationMs.default(60_000),
  MaxDeliveryCount: z.int().positive().default(10),
  RequiresSession: NoSessions,
});

const QueueProperties = SubscriptionProperties.extend(TopicProperties.shape);

const Rule = z.object({
  Name: z.string(),
  Properties: z.object({
    FilterType: z.literal("Correlation", "only correlation filters are supported"),
    CorrelationFilter: z.strictObject({
      MessageId: z.string().optional(),
      CorrelationId: z.string().optional(),
      ContentType: z.string().optional(),
      Label: z.string().optional(),
      To: z.string().optional(),
      ReplyTo: z.string().optional(),
      Properties: z.record(z.string(), z.string()).default({}),
    }),
  }),
});

const Subscription = z.object({
  Name,
  Properties: SubscriptionProperties.prefault({}),
  Rules: z.array(Rule).default([]),
});

const Namespace = z.object({
  Queues: z.array(z.object({ Name, Properties: QueueProperties.prefault({}) })).default([]),
  Topics: z
    .array(
      z.object({
        Name,
        Properties: TopicProperties.prefault({}),
        Subscriptions: z.array(Subscription).default([]),
      }),
    )
    .default([]),
});

const ConfigFile = z.object({
  UserConfig: z.object({
    Namespaces: z.tuple([Namespace], "expected exactly one namespace"),
  }),
});

/**
 * Reads entities in the shape of the official emulator's `Config.json`
 * (https://learn.microsoft.com/azure/service-bus-messaging/test-locally-with-service-bus-emulator).
 * Throws an error that lists every problem, a setting that is not supported among them.
 */
export function parseConfig(json: unknown): BrokerConfig {
  const parsed = ConfigFile.safeParse(json);
  if (!parsed.success) {
    throw new Error(`The broker's configuration is invalid.\n${z.prettifyError(parsed.error)}`);
  }
  const [namespace] = parsed.data.UserConfig.Namespaces;
  const config: BrokerConfig = {
    queues: namespace.Queues.map(({ Name: name, Properties }) => ({
      name,
      settings: { ...queueSettings(Properties), ...duplicateSettings(Properties) },
    })),
    topics: namespace.Topics.map((topic) => ({
      name: topic.Name,
      settings: topicSettings(topic.Properties),
      subscriptions: topic.Subscriptions.map(({ Name: name, Properties, Rules }) => ({
        name,
        settings: queueSettings(Properties),
        filters: Rules.map(({ Properties: { CorrelationFilter: filter } }) => toFilter(filter)),
      })),
    })),
  };
  refuseSharedNames(config);
  return config;
}

/** Reads a configuration file; throws when it cannot be read or is not valid. */
export function readConfig(path: string): BrokerConfig {
  return parseConfig(JSON.parse(readFileSync(path, "utf8")));
}

function queueSettings(properties: z.output<typeof SubscriptionProperties>): QueueSettings {
  return {
    lockDurationMs: properties.LockDuration,
    maxDeliveryCount: properties.MaxDeliveryCount,
    defaultTimeToLiveMs: properties.DefaultMessageTimeToLive,
    deadLettersOnExpiration: properties.DeadLetteringOnMessageExpiration,
  };
}

function duplicateSettings(
  properties: z.output<typeof TopicProperties>,
): Pick<QueueSettings, "duplicateWindowMs"> {
  return properties.RequiresDuplicateDetection
    ? { duplicateWindowMs: properties.DuplicateDetectionHistoryTimeWindow }
    : {};
}

/** A topic locks and gives up nothing, so only its time to live and duplicate window count. */
function topicSettings(properties: z.output<typeof TopicProperties>): QueueSettings {
  return {
    lockDurationMs: 0,
    maxDeliveryCount: Infinity,
    defaultTimeToLiveMs: properties.DefaultMessageTimeToLive,
    deadLettersOnExpiration: false,
    ...duplicateSettings(properties),
  };
}

function toFilter(
  filter: z.output<typeof Rule>["Properties"]["CorrelationFilter"],
): CorrelationFilter {
  const system = {
    messageId: filter.MessageId,
    correlationId: filter.CorrelationId,
    contentType: filter.ContentType,
    subject: filter.Label,
    to: filter.To,
    replyTo: filter.ReplyTo,
  };
  const named = Object.entries(system).filter(([, value]) => value !== undefined);
  return { system: Object.fromEntries(named), properties: filter.Properties };
}

/** Names are compared without case; a queue and a topic share one space of names. */
function refuseSharedNames({ queues, topics }: BrokerConfig): void {
  const groups = [[...queues, ...topics], ...topics.map(({ subscriptions }) => subscriptions)];
  for (const group of groups) {
    const names = group.map(({ name }) => name.toLowerCase());
    const shared = names.find((name, index) => names.indexOf(name) < index);
    if (shared !== undefined) {
      throw new Error(`The broker's configuration is invalid: two entities are named ${shared}.`);
    }
  }
}
