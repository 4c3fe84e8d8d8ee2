import { randomUUID } from "node:crypto";
import type { ServiceBusMessage, ServiceBusSender } from "@azure/service-bus";
import type { AppFunction, ServiceBusOutput } from "../app-function.ts";
import type { TypedData } from "../core-types.ts";
import type { FunctionOutcome } from "../run-function.ts";
import { type Clients, clientOf } from "./clients.ts";

/** Sends what a function gave to its output bindings; throws, so that the function fails, when it can't. */
export type SendOutputs = (fn: AppFunction, outcome: FunctionOutcome) => Promise<void>;

/**
 * Sends outputs as the real host does: text as it is and anything else as indented JSON, with the
 * content type `text/plain`; an array, also one written as JSON text, becomes a message per element.
 * An output can set neither id nor properties; each message gets an id of its own.
 */
export function createOutputs(clients: Clients): SendOutputs {
  const senders = new Map<string, ServiceBusSender>();
  return async (fn, outcome) => {
    for (const output of fn.outputs) {
      const messages = outputMessages(valueOf(output, outcome));
      if (messages.length > 0) {
        await sendBy(senders, clients, output, messages);
      }
    }
  };
}

/** A sender may stay broken after an error: the next need makes another. */
async function sendBy(
  senders: Map<string, ServiceBusSender>,
  clients: Clients,
  { bindingName, entity, connection }: ServiceBusOutput,
  messages: ServiceBusMessage[],
): Promise<void> {
  const key = JSON.stringify([connection, entity]);
  const sender = senders.get(key) ?? clientOf(clients, connection).client.createSender(entity);
  senders.set(key, sender);
  try {
    await sender.sendMessages(messages);
  } catch (error) {
    senders.delete(key);
    // What is thrown away may fail to close: that changes nothing for anyone.
    void sender.close().catch(() => {});
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The output ${bindingName} could not be sent to ${entity}: ${reason}`, {
      cause: error,
    });
  }
}

/**
 * What the function gave to an output: by its name, or as a member of the object it returned when it
 * has no `$return` binding.
 */
function valueOf({ bindingName }: ServiceBusOutput, outcome: FunctionOutcome): unknown {
  // The library made it by `toRpcTypedData`; only the result of an HTTP function has another shape.
  const returned = outcome.returnValue as TypedData | null | undefined;
  if (bindingName === "$return") {
    return fromTypedData(returned);
  }
  const named = outcome.outputData?.find(({ name }) => name === bindingName);
  if (named !== undefined) {
    return fromTypedData(named.data);
  }
  const result = returned && "json" in returned ? fromTypedData(returned) : undefined;
  return typeof result === "object" && result !== null && !Array.isArray(result)
    ? Object.entries(result).find(([name]) => name === bindingName)?.[1]
    : undefined;
}

function fromTypedData(data: TypedData | null | undefined): unknown {
  if (data === undefined || data === null) {
    return undefined;
  }
  if ("json" in data) {
    return JSON.parse(data.json);
  }
  return Object.values(data)[0];
}

/** The messages of one output's value; none for null. Throws for bytes, which Azure would spoil. */
export function outputMessages(value: unknown): ServiceBusMessage[] {
  if (value === undefined || value === null) {
    return [];
  }
  if (value instanceof Uint8Array) {
    throw new TypeError("A Service Bus output takes text or JSON: the real host spoils bytes.");
  }
  const elements = Array.isArray(value) ? value : (arrayIn(value) ?? [value]);
  return elements.map((element: unknown) => ({
    messageId: randomUUID(),
    contentType: "text/plain",
    // A string would be sent as JSON, with quotes.
    body: Buffer.from(typeof element === "string" ? element : JSON.stringify(element, null, 2)),
  }));
}

function arrayIn(value: unknown): unknown[] | undefined {
  try {
    const parsed: unknown = typeof value === "string" ? JSON.parse(value) : undefined;
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
