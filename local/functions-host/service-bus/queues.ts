import type { ServiceBusClient } from "@azure/service-bus";
import type { HostConfig } from "../host-json.ts";
import type { Invoke } from "../invoke.ts";
import type { Log } from "../log.ts";
import type { Settings } from "../settings.ts";
import type { AppFunction, QueueFunction } from "../trigger.ts";
import { type Connection, createClient, resolveConnection } from "./connection.ts";
import { listenToQueue, type QueueListener } from "./listener.ts";
import { createTurnQueue } from "./settlement.ts";

/** All queues of the app. */
export interface Queues {
  /** Resolves when every queue has been open once. */
  readonly opened: Promise<void>;
  /** Takes no further message. */
  stop(): Promise<void>;
  /** Resolves when every message taken is settled, or given up. */
  idle(): Promise<void>;
  /** Closes the connections; may never resolve when one breaks meanwhile. */
  close(): Promise<void>;
}

type NamedConnection = { readonly connection: Connection; readonly functions: QueueFunction[] };

/**
 * Groups the queue functions by connection.
 * Throws a HostError when a connection is not in the settings.
 */
export function groupByConnection(
  functions: readonly AppFunction[],
  settings: Settings,
): readonly NamedConnection[] {
  const queueFunctions = functions.filter((fn) => fn.kind === "queue");
  const groups = Map.groupBy(queueFunctions, (fn) => fn.connection);
  return [...groups].map(([name, members]) => ({
    connection: resolveConnection(name, settings),
    functions: members,
  }));
}

/** Listens to all queues, over one connection per namespace setting. */
export async function startQueues(
  groups: readonly NamedConnection[],
  options: { readonly config: HostConfig; readonly invoke: Invoke; readonly log: Log },
): Promise<Queues> {
  const { config, invoke, log } = options;
  const clients: ServiceBusClient[] = [];
  const listeners: QueueListener[] = [];
  for (const { connection, functions } of groups) {
    const client = await createClient(connection);
    const inOwnTurn = createTurnQueue();
    clients.push(client);
    for (const fn of functions) {
      const { maxConcurrentCalls, maxAutoLockRenewalMs } = config;
      const limits = { maxConcurrentCalls, maxAutoLockRenewalMs };
      listeners.push(listenToQueue({ fn, client, inOwnTurn, invoke, log, ...limits }));
    }
  }
  return {
    opened: all(listeners.map((listener) => listener.opened)),
    stop: () => all(listeners.map((listener) => listener.stop())),
    idle: () => all(listeners.map((listener) => listener.idle())),
    close: () => all(clients.map((client) => client.close())),
  };
}

async function all(work: ReadonlyArray<Promise<void>>): Promise<void> {
  await Promise.all(work);
}
