import { Dispatcher } from "./amqp/dispatcher.ts";
import { listen } from "./amqp/server.ts";
import { DEVELOPMENT_KEY } from "./amqp/shared-access-signature.ts";
import type { BrokerConfig } from "./config.ts";
import { startControl } from "./control/control-server.ts";
import { createMovableClock } from "./control/movable-clock.ts";
import { createEntities } from "./entities.ts";
import type { Clock } from "./model/clock.ts";
import { SendFaults } from "./model/send-faults.ts";
import { createMemoryStore } from "./store/memory-store.ts";
import { openSqliteStore } from "./store/sqlite-store.ts";
import { Turn } from "./turn.ts";
import { filterView } from "./wire/filter-view.ts";

/** The largest message of the standard tier, which is also what the official emulator takes. */
const MAX_MESSAGE_SIZE_BYTES = 256 * 1024;

/** How to run a broker. */
export type BrokerOptions = {
  /** 0 takes a free port. */
  readonly port: number;
  readonly config: BrokerConfig;
  /** The folder to keep messages in; without one they end with the broker. */
  readonly dataDir?: string | undefined;
  /** The port of the control endpoint for tests, 0 for a free one; without one there is none. */
  readonly controlPort?: number | undefined;
  /** The clock of the queues; that of the machine when absent. */
  readonly clock?: Clock | undefined;
  readonly maxMessageSizeBytes?: number | undefined;
  /** How long a client may be silent; its connection ends after twice that. */
  readonly idleTimeoutMs?: number | undefined;
  /** Told, in a sentence, of clients that are refused because they speak another protocol. */
  readonly onRefusal?: ((sentence: string) => void) | undefined;
};

/** A running broker; `await using` closes it. */
export type Broker = AsyncDisposable & {
  readonly port: number;
  /** What a Service Bus client connects with. */
  readonly connectionString: string;
  /** Where the control endpoint answers, when one was asked for. */
  readonly controlUrl: string | undefined;
  /** Closes every connection and flushes the store. */
  close(): Promise<void>;
};

/**
 * Starts a Service Bus broker on the loopback interface that the official clients talk to over
 * AMQP 1.0. Rejects when a port is taken or another broker holds the folder.
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const { config, dataDir } = options;
  const clock = createMovableClock(options.clock);
  const store = dataDir === undefined ? createMemoryStore() : openSqliteStore(dataDir);
  const dispatcher = new Dispatcher();
  const turn = new Turn(store, clock, (queue) => dispatcher.serve(queue));
  const closers: (() => Promise<void>)[] = [];
  const close = once(async () => {
    await Promise.all(closers.map((closer) => closer()));
    turn.stop();
    store.close();
  });
  try {
    const entities = createEntities(config, { clock, store, turn, viewOf: filterView });
    const faults = new SendFaults();
    const { maxMessageSizeBytes = MAX_MESSAGE_SIZE_BYTES } = options;
    const parts = { entities, dispatcher, turn, key: DEVELOPMENT_KEY, maxMessageSizeBytes, faults };
    const server = await listen(options, parts);
    closers.push(() => server.close());
    const context = { entities, connections: server.connections, faults, clock, turn };
    const control = await startControl(options.controlPort, context);
    closers.push(() => control.close());
    return {
      port: server.port,
      connectionString: connectionString(server.port),
      controlUrl: control.origin,
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The same promise for every call. */
function once(action: () => Promise<void>): () => Promise<void> {
  let promise: Promise<void> | undefined;
  return () => (promise ??= action());
}

function connectionString(port: number): string {
  const { name, key } = DEVELOPMENT_KEY;
  return [
    `Endpoint=sb://127.0.0.1:${port}`,
    `SharedAccessKeyName=${name}`,
    `SharedAccessKey=${key}`,
    "UseDevelopmentEmulator=true;",
  ].join(";");
}
