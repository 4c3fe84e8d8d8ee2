import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ServiceBusClient, type ServiceBusMessage } from "@azure/service-bus";
import type { Broker } from "../../../local/service-bus/broker.ts";
import type { BrokerConfig } from "../../../local/service-bus/config.ts";
import { type HostProcess, startHost } from "./start-host.ts";

/** Of every queue, unless it says otherwise. */
const settings = {
  lockDurationMs: 10_000,
  maxDeliveryCount: 3,
  defaultTimeToLiveMs: Infinity,
  deadLettersOnExpiration: false,
};

/** Queues `work`, `short` with a lock of one second, and `once` with one delivery. */
export const config: BrokerConfig = {
  queues: [
    { name: "work", settings },
    { name: "short", settings: { ...settings, lockDurationMs: 1000 } },
    { name: "once", settings: { ...settings, maxDeliveryCount: 1 } },
  ],
  topics: [],
};

type Address = Pick<Broker, "connectionString">;

/** The host with the fixture app's function `work` on one queue of the broker. */
export function startQueueHost({ connectionString }: Address, queue = "work"): HostProcess {
  return startHost({ settings: { ServiceBus: connectionString, QUEUE: queue } });
}

/** Sends the messages in order. */
export async function send(
  broker: Address,
  queue: string,
  messages: ServiceBusMessage[],
): Promise<void> {
  await using client = disposableClient(broker);
  await client.createSender(queue).sendMessages(messages);
}

/** Bodies of the messages in a queue, or in its dead-letter queue. */
export async function peekBodies(
  broker: Address,
  queue: string,
  kind?: "deadLetter",
): Promise<unknown[]> {
  await using client = disposableClient(broker);
  const receiver = client.createReceiver(queue, kind === undefined ? {} : { subQueueType: kind });
  const messages = await receiver.peekMessages(500);
  return messages.map((message): unknown => message.body);
}

type BrokerProcess = Address & AsyncDisposable & { port: number; process: ChildProcess };

/** A broker of its own process with a queue `work`, which can be stopped in the middle of anything. */
export async function spawnBroker(folder: string, port: number): Promise<BrokerProcess> {
  const file = join(folder, "entities.json");
  const queues = [{ Name: "work", Properties: { LockDuration: "PT10S" } }];
  const namespaces = [{ Name: "test", Queues: queues, Topics: [] }];
  await writeFile(file, JSON.stringify({ UserConfig: { Namespaces: namespaces } }));
  const main = resolve("local/service-bus/main.ts");
  const args = [main, "--config", file, "--port", String(port), "--data", folder];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(child.stdout, "data");
  const connectionString = /^ConnectionString=(\S+)/.exec(String(line))?.[1] ?? "";
  const exited = once(child, "exit");
  return {
    process: child,
    connectionString,
    port: Number(/:(\d+);/.exec(connectionString)?.[1]),
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

function disposableClient({ connectionString }: Address): ServiceBusClient & AsyncDisposable {
  const client = new ServiceBusClient(connectionString);
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() });
}

/** Ids of the runs in the log, in order. */
export function logged(host: HostProcess, word: "start" | "done"): string[] {
  return host
    .logLines(`[Function.work] information ${word} `)
    .map((line) => / (?:done |"?start \{"id":")(\w+)/.exec(line)?.[1] ?? "");
}
