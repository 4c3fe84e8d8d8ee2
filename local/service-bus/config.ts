import { readFileSync } from "node:fs";
import { z } from "zod";
import {
  ConfigFile,
  type RuleEntry,
  type SubscriptionProperties,
  type TopicProperties,
} from "./config-file.ts";
import type { QueueSettings } from "./model/queue-settings.ts";
import { correlation, DEFAULT_RULE, type Rule } from "./model/rules.ts";

/** The entities of one namespace. */
export type BrokerConfig = {
  readonly queues: readonly EntityConfig[];
  readonly topics: readonly TopicConfig[];
};

/** A queue. */
export type EntityConfig = { readonly name: string; readonly settings: QueueSettings };

/** A topic; of its settings the time to live and the duplicate window count. */
export type TopicConfig = EntityConfig & { readonly subscriptions: readonly SubscriptionConfig[] };

/** A subscription with the rules it starts out with. */
export type SubscriptionConfig = EntityConfig & { readonly rules: readonly Rule[] };

const MEGABYTE = 1024 * 1024;

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
      settings: { ...queueSettings(Properties), ...intakeSettings(Properties) },
    })),
    topics: namespace.Topics.map((topic) => ({
      name: topic.Name,
      settings: topicSettings(topic.Properties),
      subscriptions: topic.Subscriptions.map(({ Name: name, Properties, Rules }) => ({
        name,
        settings: queueSettings(Properties),
        rules: Rules.length === 0 ? [DEFAULT_RULE] : Rules.map(toRule),
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

function queueSettings(properties: SubscriptionProperties): QueueSettings {
  return {
    lockDurationMs: properties.LockDuration,
    maxDeliveryCount: properties.MaxDeliveryCount,
    defaultTimeToLiveMs: properties.DefaultMessageTimeToLive,
    deadLettersOnExpiration: properties.DeadLetteringOnMessageExpiration,
  };
}

/** What a queue has and a subscription has not. */
function intakeSettings(
  properties: TopicProperties,
): Pick<QueueSettings, "maxSizeBytes" | "duplicateWindowMs"> {
  return {
    maxSizeBytes: properties.MaxSizeInMegabytes * MEGABYTE,
    ...(properties.RequiresDuplicateDetection && {
      duplicateWindowMs: properties.DuplicateDetectionHistoryTimeWindow,
    }),
  };
}

/** A topic locks and gives up nothing. */
function topicSettings(properties: TopicProperties): QueueSettings {
  return {
    lockDurationMs: 0,
    maxDeliveryCount: Infinity,
    defaultTimeToLiveMs: properties.DefaultMessageTimeToLive,
    deadLettersOnExpiration: false,
    ...intakeSettings(properties),
  };
}

function toRule({ Name: name, Properties: { CorrelationFilter: filter } }: RuleEntry): Rule {
  const system = {
    messageId: filter.MessageId,
    correlationId: filter.CorrelationId,
    contentType: filter.ContentType,
    subject: filter.Label,
    to: filter.To,
    replyTo: filter.ReplyTo,
    sessionId: filter.SessionId,
    replyToSessionId: filter.ReplyToSessionId,
  };
  return { name, filter: correlation(system, filter.Properties) };
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
