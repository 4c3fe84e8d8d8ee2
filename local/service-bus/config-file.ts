import { z } from "zod";

/*
 * The shape of the official emulator's `Config.json`. What is not supported is refused here, in a
 * sentence that names it, rather than ignored.
 */

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

const MaxSizeInMegabytes = z.number().positive().default(1024);

const TopicProperties = z.strictObject({
  DefaultMessageTimeToLive: DurationMs.default(Infinity),
  DuplicateDetectionHistoryTimeWindow: DurationMs.default(10 * 60_000),
  MaxSizeInMegabytes,
  RequiresDuplicateDetection: z.boolean().default(false),
});

const SubscriptionProperties = z.strictObject({
  DeadLetteringOnMessageExpiration: z.boolean().default(false),
  DefaultMessageTimeToLive: DurationMs.default(Infinity),
  ForwardDeadLetteredMessagesTo: NoForwarding,
  ForwardTo: NoForwarding,
  LockDuration: DurationMs.default(60_000),
  MaxDeliveryCount: z.int().positive().default(10),
  RequiresSession: NoSessions,
});

const QueueProperties = SubscriptionProperties.extend(TopicProperties.shape);

const PropertyValue = z.union([z.string(), z.number(), z.boolean()]);

const Rule = z.strictObject({
  Name: z.string().min(1),
  Properties: z.strictObject({
    FilterType: z.literal("Correlation", "only correlation filters are supported"),
    Action: z.undefined("actions of rules are not supported").optional(),
    SqlFilter: z.undefined("SQL filters are not supported").optional(),
    CorrelationFilter: z.strictObject({
      MessageId: z.string().optional(),
      CorrelationId: z.string().optional(),
      ContentType: z.string().optional(),
      Label: z.string().optional(),
      To: z.string().optional(),
      ReplyTo: z.string().optional(),
      SessionId: z.string().optional(),
      ReplyToSessionId: z.string().optional(),
      Properties: z.record(z.string(), PropertyValue).default({}),
    }),
  }),
});

const Subscription = z.strictObject({
  Name,
  Properties: SubscriptionProperties.prefault({}),
  Rules: z.array(Rule).default([]),
});

const Namespace = z.strictObject({
  Name: z.string().optional(),
  Queues: z.array(z.strictObject({ Name, Properties: QueueProperties.prefault({}) })).default([]),
  Topics: z
    .array(
      z.strictObject({
        Name,
        Properties: TopicProperties.prefault({}),
        Subscriptions: z.array(Subscription).default([]),
      }),
    )
    .default([]),
});

/** The whole file; how the official emulator logs is read and means nothing here. */
export const ConfigFile = z.object({
  UserConfig: z.object({
    Namespaces: z.tuple([Namespace], "expected exactly one namespace"),
  }),
});

/** The properties of a queue or subscription. */
export type SubscriptionProperties = z.output<typeof SubscriptionProperties>;

/** The properties of a queue or topic. */
export type TopicProperties = z.output<typeof TopicProperties>;

/** A rule of a subscription. */
export type RuleEntry = z.output<typeof Rule>;
