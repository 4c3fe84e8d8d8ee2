import type { AppFunction } from "../app-function.ts";
import type { HostConfig } from "../host-json.ts";
import type { Invoke } from "../invoke.ts";
import type { Log } from "../log.ts";
import { listenInBatches } from "./batch-listener.ts";
import { type Clients, clientOf } from "./clients.ts";
import { type Listener, listenToSource } from "./listener.ts";

/** Listens to the queue or subscription of every Service Bus function; the whole acts as one listener. */
export function startListeners(
  functions: readonly AppFunction[],
  clients: Clients,
  options: { readonly config: HostConfig; readonly invoke: Invoke; readonly log: Log },
): Listener {
  const listeners = functions
    .filter((fn) => fn.kind === "service-bus")
    .map((fn) => {
      const listen = fn.isBatch ? listenInBatches : listenToSource;
      return listen({ ...options, ...options.config, ...clientOf(clients, fn.connection), fn });
    });
  return {
    opened: all(listeners.map((listener) => listener.opened)),
    stop: () => all(listeners.map((listener) => listener.stop())),
    idle: () => all(listeners.map((listener) => listener.idle())),
  };
}

async function all(work: ReadonlyArray<Promise<void>>): Promise<void> {
  await Promise.all(work);
}
