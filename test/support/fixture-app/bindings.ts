import { type Broker } from "../../../local/service-bus/broker.ts";
import type { BrokerConfig } from "../../../local/service-bus/config.ts";
import { config as queues } from "./queues.ts";
import { type HostProcess, startHost, temporaryApp } from "./start-host.ts";

const [work] = queues.queues;
if (work === undefined) {
  throw new Error("The fixture has no queue");
}
const { settings } = work;
/** Those of the fixture's queues, a queue `out`, and a topic `events` with a subscription `all`. */
export const config: BrokerConfig = {
  queues: [...queues.queues, { name: "out", settings }],
  topics: [
    {
      name: "events",
      settings,
      subscriptions: [
        { name: "all", settings, rules: [{ name: "$Default", filter: { kind: "true" } }] },
      ],
    },
  ],
};

/** A host with an app of these functions, ready, its settings for Service Bus as given. */
export async function startApp(broker: Broker, functions: string, serviceBus = {}) {
  const app = await temporaryApp(
    { "main.js": `import { app, output } from "@azure/functions"; ${functions}` },
    { version: "2.0", extensions: { serviceBus } },
  );
  const host = startHost({
    root: app.path,
    settings: { ServiceBus: broker.connectionString, FUNCTIONS_HOST_MASTER_KEY: "" },
  });
  await host.ready();
  return Object.assign(host, {
    [Symbol.asyncDispose]: async () => {
      host.kill("SIGKILL");
      await host.exitCode;
      await app[Symbol.asyncDispose]();
    },
  });
}

/** What functions logged as `got <JSON>`, in order. */
export function got(host: HostProcess): unknown[] {
  return host
    .logLines("] information got ")
    .map((line): unknown => JSON.parse(line.slice(line.indexOf("got ") + 4)));
}
