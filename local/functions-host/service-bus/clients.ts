import type { ServiceBusClient } from "@azure/service-bus";
import type { AppFunction } from "../app-function.ts";
import type { Settings } from "../settings.ts";
import { type Connection, createClient, resolveConnection } from "./connection.ts";
import { createTurnQueue, type TurnQueue } from "./settlement.ts";

/** A client for one namespace setting, shared by all triggers and outputs that name it. */
export type SharedClient = { readonly client: ServiceBusClient; readonly inTurn: TurnQueue };

/** Clients by the name of their connection. */
export type Clients = ReadonlyMap<string, SharedClient>;

/**
 * The connections that triggers and outputs name. Throws a HostError when one is not in the settings.
 */
export function readConnections(
  functions: readonly AppFunction[],
  settings: Settings,
): ReadonlyMap<string, Connection> {
  const names = functions.flatMap((fn) => [
    ...(fn.kind === "service-bus" ? [fn.connection] : []),
    ...fn.outputs.map(({ connection }) => connection),
  ]);
  return new Map(names.map((name) => [name, resolveConnection(name, settings)]));
}

/** Makes a client for each connection; they connect when they are first used. */
export async function createClients(
  connections: ReadonlyMap<string, Connection>,
): Promise<Clients> {
  const clients = new Map<string, SharedClient>();
  for (const [name, connection] of connections) {
    clients.set(name, { client: await createClient(connection), inTurn: createTurnQueue() });
  }
  return clients;
}

/** The client of a connection that was read at start. */
export function clientOf(clients: Clients, connection: string): SharedClient {
  const shared = clients.get(connection);
  if (shared === undefined) {
    throw new Error(`There is no client for the connection ${connection}.`);
  }
  return shared;
}
