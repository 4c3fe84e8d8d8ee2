import type { ServiceBusReceivedMessage } from "@azure/service-bus";
import type { TypedData } from "../core-types.ts";

const lastInstantMs = Date.parse("9999-12-31T23:59:59.999Z");

/** The body of a message as text: bytes are read as UTF-8, other AMQP values become JSON. */
export function bodyText(message: ServiceBusReceivedMessage): string {
  // The client types a body as `any`: it holds what the sender's AMQP section held.
  const body = message.body as unknown;
  if (body instanceof Uint8Array) {
    return Buffer.from(body).toString("utf8");
  }
  return typeof body === "string" ? body : (JSON.stringify(body) ?? "");
}

/**
 * The metadata of a message under the real host's names, which the library then lower-cases.
 * Absent values are left out. Members of a JSON object body **replace metadata of the same name** in
 * any case, and are added otherwise, except for arrays and nulls: a function must not trust metadata
 * whose name a body can contain. Source: `ApplyBindingData` of azure-functions-host.
 */
export function triggerMetadata(message: ServiceBusReceivedMessage): Record<string, TypedData> {
  const metadata = new Map<string, TypedData>();
  for (const [name, value] of Object.entries(messageProperties(message))) {
    if (value !== undefined && value !== null) {
      metadata.set(name, toTypedData(value));
    }
  }
  const names = new Map([...metadata.keys()].map((name) => [name.toLowerCase(), name]));
  for (const [name, value] of Object.entries(jsonMembers(bodyText(message)))) {
    const overridden = bodyMember(value);
    if (overridden !== undefined) {
      metadata.set(names.get(name.toLowerCase()) ?? name, overridden);
    }
  }
  return Object.fromEntries(metadata);
}

/** `deliveryCount` is 1 at the first delivery, as .NET counts; the JavaScript client starts at 0. */
function messageProperties(message: ServiceBusReceivedMessage): Record<string, unknown> {
  const { enqueuedTimeUtc, expiresAtUtc, applicationProperties, subject } = message;
  return {
    DeliveryCount: (message.deliveryCount ?? 0) + 1,
    DeadLetterSource: message.deadLetterSource,
    LockToken: message.lockToken,
    ExpiresAtUtc: expiresAtUtc && withoutZone(expiresAtUtc),
    ExpiresAt: expiresAtUtc && withOffset(expiresAtUtc),
    EnqueuedTimeUtc: enqueuedTimeUtc && withoutZone(enqueuedTimeUtc),
    EnqueuedTime: enqueuedTimeUtc && withOffset(enqueuedTimeUtc),
    MessageId: message.messageId,
    ContentType: message.contentType,
    ReplyTo: message.replyTo,
    SequenceNumber: message.sequenceNumber?.toNumber(),
    To: message.to,
    Subject: subject,
    Label: subject,
    CorrelationId: message.correlationId,
    ApplicationProperties: applicationProperties ?? {},
    UserProperties: applicationProperties ?? {},
    SessionId: message.sessionId,
    ReplyToSessionId: message.replyToSessionId,
    PartitionKey: message.partitionKey,
  };
}

function toTypedData(value: unknown): TypedData {
  if (typeof value === "number") {
    return Number.isInteger(value) ? { int: value } : { double: value };
  }
  return typeof value === "string" ? { string: value } : { json: JSON.stringify(value) };
}

/** .NET writes a UTC `DateTime` without a zone, and knows none after 9999: "never expires". */
function withoutZone(date: Date): string {
  return new Date(Math.min(date.getTime(), lastInstantMs)).toISOString().slice(0, -1);
}

function withOffset(date: Date): string {
  return `${withoutZone(date)}+00:00`;
}

function jsonMembers(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
}

/** .NET turns a boolean into its own text on the way; other values arrive as they were. */
function bodyMember(value: unknown): TypedData | undefined {
  if (value === null || Array.isArray(value)) {
    return undefined;
  }
  if (typeof value === "boolean") {
    return { string: value ? "True" : "False" };
  }
  return typeof value === "string" ? { string: value } : { json: JSON.stringify(value) };
}
