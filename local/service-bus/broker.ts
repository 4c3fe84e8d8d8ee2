import { Dispatcher } from "./amqp/dispatcher.ts";
import { listen } from "./amqp/server.ts";
import { DEVELOPMENT_KEY } from "./amqp/shared-access-signature.ts";
import type { BrokerConfig } from "./config.ts";
import { createEntities } from "./entities.ts";
import { type Clock, systemClock } from "./model/clock.ts";
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
  /** Closes every connection and flushes the store. */
  close(): Promise<void>;
};

/**
 * Starts a Service Bus broker on the loopback interface that the official clients talk to over
 * AMQP 1.0. Rejects when the port is taken or another broker holds the folder.
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const { config, dataDir, clock = systemClock } = options;
  const store = dataDir === undefined ? createMemoryStore() : openSqliteStore(dataDir);
  const dispatcher = new Dispatcher();
  const turn = new Turn(store, clock, (queue) => dispatcher.serve(queue));
  const entities = createEntities(config, { clock, store, turn, viewOf: filterView });
  const { maxMessageSizeBytes = MAX_MESSAGE_SIZE_BYTES } = options;
  const parts = { entities, dispatcher, turn, key: DEVELOPMENT_KEY, maxMessageSizeBytes };

  const release = (): void => {
    turn.stop();
    store.close();
  };
  const server = await listen(options, parts).catch((error: unknown) => {
    release();
    throw error;
  });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= server.close().then(release));
  return {
    port: server.port,
    connectionString: connectionString(server.port),
    close,
    [Symbol.asyncDispose]: close,
  };
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
