import { app } from "@azure/functions";
import { createTally } from "./tally.ts";

/** The smallest app with a function on a queue. */
const tally = createTally();

app.serviceBusQueue("take", {
  queueName: "host",
  connection: "ServiceBus",
  handler: async (message) => tally(message),
});
