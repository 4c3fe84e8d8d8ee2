import { parseArgs } from "node:util";
import { ServiceBusClient } from "@azure/service-bus";
import { CONCURRENT_CALLS } from "./concurrent-calls.ts";
import { createTally } from "./tally.ts";

/** What a queue function is compared with: the official client's own loop, which completes what was handled. */
const { values } = parseArgs({
  options: { connection: { type: "string", default: "" }, queue: { type: "string", default: "" } },
});
const client = new ServiceBusClient(values.connection, { retryOptions: { maxRetries: 0 } });
const receiver = client.createReceiver(values.queue, { maxAutoLockRenewalDurationInMs: 0 });
const tally = createTally();

receiver.subscribe(
  {
    processMessage: async ({ body }) => tally(body),
    processError: async ({ error }) => {
      console.error(error.message);
      process.exit(1);
    },
  },
  { maxConcurrentCalls: CONCURRENT_CALLS },
);
process.on("SIGTERM", () => process.exit(0));
await receiver.peekMessages(1);
console.log("READY {}");
