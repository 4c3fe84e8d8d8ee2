import type { ServiceBusReceivedMessage } from "@azure/service-bus";
import type { ServiceBusFunction } from "../app-function.ts";
import { BindingData } from "../binding-data.ts";
import type { TypedData } from "../core-types.ts";
import { typedText } from "../typed-text.ts";

const lastInstantMs = Date.parse("9999-12-31T23:59:59.999Z");

/** The body of a message as text: bytes are read as UTF-8, other AMQP values become JSON. */
export function bodyText(body: unknown): string {
  if (body instanceof Uint8Array) {
    return Buffer.from(body).toString("utf8");
  }
  return typeof body === "string" ? body : (JSON.stringify(body) ?? "");
}

/** The bodies of the messages as the function asked for them: one, or a collection; text or bytes. */
export function bodyData(
  { isBatch, isBinary }: Pick<ServiceBusFunction, "isBatch" | "isBinary">,
  bodies: readonly unknown[],
): TypedData {
  const [first] = bodies;
  if (isBinary) {
    return isBatch
      ? { collectionBytes: { bytes: bodies.map(bytesOf) } }
      : { bytes: bytesOf(first) };
  }
  return isBatch ? strings(bodies.map(bodyText)) : { string: bodyText(first) };
}

/**
 * The metadata of a message under the real host's names, which the library then lower-cases.
 * Absent values are left out. Members of a JSON object body **replace metadata of the same name** in
 * any case, and are added otherwise, except for arrays and nulls: a function must not trust metadata
 * whose name a body can contain.
 */
export function triggerMetadata(message: ServiceBusReceivedMessage): Record<string, TypedData> {
  const data = new BindingData();
  for (const [name, value] of Object.entries(messageProperties(message))) {
    if (value !== undefined && value !== null) {
      data.set(name, toTypedData(value));
    }
  }
  data.setMembersOf(bodyText(message.body));
  const named = Object.entries(data.toObject());
  return Object.fromEntries(
    named.map(([name, value]) => [name, "string" in value ? typedText(value.string) : value]),
  );
}

/**
 * The metadata of a batch: the names of one message followed by `Array`. As in the real host, empty
 * and absent texts drop out, so that the arrays need not line up with the messages.
 */
export function batchMetadata(
  messages: readonly ServiceBusReceivedMessage[],
): Record<string, TypedData> {
  const properties = messages.map(messageProperties);
  const names = Object.keys(properties[0] ?? {});
  const arrays = names.map((name) => {
    const values = properties.map((of) => of[name]).filter((v) => v !== undefined && v !== null);
    return [`${name}Array`, toCollection(values)] as const;
  });
  return Object.fromEntries(arrays);
}

function toCollection(values: readonly unknown[]): TypedData {
  if (values.every((value) => typeof value === "number")) {
    return { collectionSint64: { sint64: values } };
  }
  return values.every((value) => typeof value === "string")
    ? strings(values)
    : { json: JSON.stringify(values) };
}

function strings(values: readonly string[]): TypedData {
  return { collectionString: { string: values.filter((value) => value !== "") } };
}

/** `deliveryCount` is 1 at the first delivery, as .NET counts; the JavaScript client starts at 0. */
function messageProperties(message: ServiceBusReceivedMessage): Record<string, unknown> {
  const { enqueuedTimeUtc, expiresAtUtc, applicationProperties, subject } = message;
  const expiresAt = expiresAtUtc && withoutZone(expiresAtUtc);
  const enqueuedAt = enqueuedTimeUtc && withoutZone(enqueuedTimeUtc);
  return {
    DeliveryCount: (message.deliveryCount ?? 0) + 1,
    DeadLetterSource: message.deadLetterSource,
    LockToken: message.lockToken,
    ExpiresAtUtc: expiresAt,
    ExpiresAt: expiresAt && `${expiresAt}+00:00`,
    EnqueuedTimeUtc: enqueuedAt,
    EnqueuedTime: enqueuedAt && `${enqueuedAt}+00:00`,
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

function bytesOf(body: unknown): Uint8Array {
  return body instanceof Uint8Array ? body : Buffer.from(bodyText(body));
}
