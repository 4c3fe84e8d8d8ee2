import { app } from "@azure/functions";

/** How often each message was tried, by the `id` in its body. */
const tries = new Map();
let running = 0;

/** Functions on the queue named by the setting QUEUE; what a message wants is in its body. */
export function registerQueueFunctions() {
  app.serviceBusQueue("work", {
    queueName: "%QUEUE%",
    connection: "ServiceBus",
    handler: async (message, context) => {
      running += 1;
      try {
        context.log(`start ${JSON.stringify({ id: message.id, running })}`);
        await handle(message, context);
        context.log(`done ${message.id}`);
      } finally {
        running -= 1;
      }
    },
  });
}

async function handle({ id, want }, context) {
  tries.set(id, (tries.get(id) ?? 0) + 1);
  if (want === "metadata") {
    context.log(`metadata ${JSON.stringify(context.triggerMetadata)}`);
  }
  if (want === "fail" || (want === "fail-once" && tries.get(id) === 1)) {
    throw new Error("asked to fail");
  }
  if (typeof want === "number") {
    await new Promise((resolve) => setTimeout(resolve, want));
  }
}
