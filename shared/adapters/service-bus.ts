import type { ServiceBusMessage, ServiceBusSender } from "@azure/service-bus";
import { EVENTS_TOPIC, type PrivacyEvent } from "../core/events.ts";
import { messageId, type Outgoing, QUEUES } from "../core/messages.ts";
import type { TicketRejected } from "../core/ticket.ts";
import { AppError } from "../errors.ts";
import type { Bus, Letter, Post } from "../pipeline/ports.ts";
import { BusSenders, busError, type SendingClient } from "./bus-senders.ts";
import { inSendSpan, type TraceProperties } from "./bus-trace.ts";
import { inGroups } from "./in-groups.ts";

/**
 * The one place where the app meets the Service Bus client, and what it holds against the client's traps
 * (service-bus-hazards.test.ts shows each of them):
 * - ids are derived from what a message is for, so that no two in flight share one (the client keeps locks by
 *   message id);
 * - the app never settles: it is given a client that can only send, and the host completes or abandons;
 * - a send that fails is `bus-unavailable` within half a minute, and the outbox sends it again (the client
 *   gives up a refused connection at once, and waits minutes for a broker that is silent);
 * - many messages are few transfers (a link has room for 2,048), also those of several requests at once;
 * - closing is bounded (the client waits for ever when the connection breaks meanwhile).
 */

/**
 * Options for the client. Its defaults (three retries, 30 s apart, of 60 s each) outlast a function; the
 * outbox sends again what fails here.
 */
export const BUS_RETRY = { maxRetries: 2, retryDelayInMs: 200, timeoutInMs: 10_000 };

/** So many calls share a sending, when they come while another one is under way. */
const MAX_CALLS = 100;

/** A bus that holds a connection. */
export interface ServiceBus extends Bus, Post {
  /** Gives up the connection, in bounded time. */
  close(): Promise<void>;
}

/**
 * The bus on Azure Service Bus. `connect` makes the client, at the first send; ids let the broker's duplicate
 * detection drop what it saw before. The client does not try again when a connection is refused: that is
 * `bus-unavailable`, and the caller's outbox sends again.
 */
export function serviceBus(connect: () => Promise<SendingClient>): ServiceBus {
  const senders = new BusSenders(connect);
  const groups = new Map<string, (messages: readonly ServiceBusMessage[]) => Promise<void>>();
  const sendTo = (entity: string, messages: readonly ServiceBusMessage[]): Promise<void> => {
    const send = groups.get(entity) ?? inGroups(MAX_CALLS, (some) => sendAll(entity, some.flat()));
    groups.set(entity, send);
    return send(messages);
  };
  const sendAll = async (entity: string, messages: readonly ServiceBusMessage[]): Promise<void> => {
    try {
      await sendInBatches(await senders.of(entity), messages);
    } catch (error) {
      if (error instanceof AppError) throw error;
      senders.drop(entity);
      throw busError(error, entity);
    }
  };
  return {
    send: async (outgoing, requestTrace = null) => {
      const byQueue = Map.groupBy(outgoing, ({ message }) => QUEUES[message.step]);
      const sends = [...byQueue].map(([queue, group]) =>
        inSendSpan(queue, group.length, requestTrace, (properties) =>
          sendTo(
            queue,
            group.map((one) => messageOf(one, properties)),
          ),
        ),
      );
      await Promise.all(sends);
    },
    publish: async (events, requestTrace = null) => {
      if (events.length === 0) return;
      await inSendSpan(EVENTS_TOPIC, events.length, requestTrace, (properties) =>
        sendTo(
          EVENTS_TOPIC,
          events.map((event) => eventOf(event, properties)),
        ),
      );
    },
    post: (letter) => sendTo(letter.queue, [letterOf(letter)]),
    reject: (event) => sendTo(EVENTS_TOPIC, [eventOf(event)]),
    close: () => senders.close(),
  };
}

function messageOf(
  { message, notBefore }: Outgoing,
  properties: TraceProperties,
): ServiceBusMessage {
  return {
    messageId: messageId(message),
    applicationProperties: { ...properties },
    body: message,
    contentType: "application/json",
    ...(notBefore === null ? {} : { scheduledEnqueueTimeUtc: new Date(notBefore) }),
  };
}

function letterOf({ id, body, properties, notBefore }: Letter): ServiceBusMessage {
  return {
    messageId: id,
    body,
    contentType: "application/json",
    applicationProperties: { ...properties },
    ...(notBefore === null ? {} : { scheduledEnqueueTimeUtc: new Date(notBefore) }),
  };
}

/**
 * A CloudEvent in structured mode (AMQP binding, section 3.2:
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/amqp-protocol-binding.md). The subject
 * is its type, so that a subscription can filter by it.
 */
function eventOf(
  event: PrivacyEvent | TicketRejected,
  properties: TraceProperties = {},
): ServiceBusMessage {
  return {
    messageId: event.id,
    applicationProperties: { ...properties },
    subject: event.type,
    body: event,
    contentType: "application/cloudevents+json",
  };
}

/** Sends in order, in as few batches as the broker's size limit allows. */
async function sendInBatches(
  sender: ServiceBusSender,
  messages: readonly ServiceBusMessage[],
): Promise<void> {
  let batch = await sender.createMessageBatch();
  for (const message of messages) {
    if (batch.tryAddMessage(message)) continue;
    if (batch.count > 0) {
      await sender.sendMessages(batch);
      batch = await sender.createMessageBatch();
      if (batch.tryAddMessage(message)) continue;
    }
    throw new AppError("internal", "A message is larger than the broker takes");
  }
  await sender.sendMessages(batch);
}
