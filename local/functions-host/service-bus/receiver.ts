import type {
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from "@azure/service-bus";
import type { ServiceBusFunction } from "../app-function.ts";
import type { TypedData } from "../core-types.ts";
import type { Invoke } from "../invoke.ts";
import { describeError, type Log } from "../log.ts";
import { startTrace } from "../trace-context.ts";
import { bodyData } from "./metadata.ts";

/** A receiver whose messages are settled, and their locks renewed, by nobody but the host. */
export function createReceiver(
  client: ServiceBusClient,
  { source }: ServiceBusFunction,
): ServiceBusReceiver {
  const options = { maxAutoLockRenewalDurationInMs: 0, skipParsingBodyAsJson: true };
  return "queueName" in source
    ? client.createReceiver(source.queueName, options)
    : client.createReceiver(source.topicName, source.subscriptionName, options);
}

type Call = { readonly fn: ServiceBusFunction; readonly invoke: Invoke; readonly log: Log };

/** Runs the function for its messages, a batch or one; true when it returned. */
export async function runForMessages(
  { fn, invoke, log }: Call,
  messages: readonly ServiceBusReceivedMessage[],
  triggerMetadata: Readonly<Record<string, TypedData>>,
): Promise<boolean> {
  // The client types a body as `any`: it holds what the sender's AMQP section held.
  const bodies = messages.map(({ body }): unknown => body);
  const parent = messages.length === 1 ? messages[0]?.applicationProperties?.["Diagnostic-Id"] : "";
  try {
    await invoke(fn, {
      inputData: [{ name: fn.bindingName, data: bodyData(fn, bodies) }],
      triggerMetadata,
      traceContext: startTrace(parent, undefined),
    });
    return true;
  } catch (error) {
    log("error", `Function.${fn.name}`, `failed: ${describeError(error)}`);
    return false;
  }
}
