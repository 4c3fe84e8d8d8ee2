import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { DefaultAzureCredential } from "@azure/identity";
import { ServiceBusClient } from "@azure/service-bus";
import { startBroker } from "../../local/service-bus/broker.ts";
import { type BrokerConfig, parseConfig } from "../../local/service-bus/config.ts";
import { BUS_RETRY } from "../../shared/adapters/service-bus.ts";

/** A Service Bus namespace to test on; `await using` ends what was started for it. */
export interface BusNamespace extends AsyncDisposable {
  /** The subscription of the events topic that a test may read. */
  readonly subscription: string;
  /** A new client, with the options that the app uses. */
  connect(): ServiceBusClient;
}

/**
 * The namespaces to test on: the local broker, and the one of Azure whose host name
 * `STUDIO_DSR_TEST_SERVICE_BUS` tells. That one needs the app's queues and topic, a subscription
 * `contract-tests`, and a caller who may send and receive.
 */
export function busNamespaces(): readonly (readonly [string, () => Promise<BusNamespace>])[] {
  const host = process.env["STUDIO_DSR_TEST_SERVICE_BUS"];
  if (host === undefined) return [["the local broker", startLocalNamespace]];
  return [
    ["the local broker", startLocalNamespace],
    ["Azure Service Bus", () => openNamespace(host)],
  ];
}

/** The entities of the local stack. */
export function localEntities(): BrokerConfig {
  const file = new URL("../../local/service-bus/config.json", import.meta.url);
  return parseConfig(JSON.parse(readFileSync(file, "utf8")));
}

/** A client of a broker by its connection string, with the options that the app uses. */
export function busClient(connectionString: string): ServiceBusClient {
  return new ServiceBusClient(connectionString, { retryOptions: BUS_RETRY });
}

/** The connection string of whatever listens on a port of 127.0.0.1. */
export function connectionTo(port: number): string {
  const key = "SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE";
  return `Endpoint=sb://127.0.0.1:${port};${key};UseDevelopmentEmulator=true;`;
}

/** A port that nobody listens on: one that was just given back. */
export async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("The server has no port");
  return address.port;
}

async function startLocalNamespace(): Promise<BusNamespace> {
  const broker = await startBroker({ port: 0, config: localEntities() });
  return {
    subscription: "local",
    connect: () => busClient(broker.connectionString),
    [Symbol.asyncDispose]: () => broker.close(),
  };
}

async function openNamespace(host: string): Promise<BusNamespace> {
  const credential = new DefaultAzureCredential();
  return {
    subscription: "contract-tests",
    connect: () => new ServiceBusClient(host, credential, { retryOptions: BUS_RETRY }),
    [Symbol.asyncDispose]: async () => {},
  };
}
