import { app } from "@azure/functions";
import { parseConfig } from "../shared/config.ts";
import { createContext } from "../shared/context.ts";
import { OPERATIONS, type OperationId } from "./api/table.ts";
import { HANDLERS } from "./handlers.ts";
import { stepHandler } from "./message.ts";
import { reconcileTimer } from "./reconcile.ts";
import { ticketHandler } from "./ticket.ts";
import { tidyTimer } from "./tidy-registrations.ts";

/**
 * The map of the app: every function, its trigger and its group. Callers are known by their bearer token
 * alone, so host keys are off. A setting that is missing stops the start.
 */
const config = parseConfig(process.env);
const context = createContext(config);

/** What the groups register; each can run as an app of its own, under its own identity. */
const groups = {
  intake: () => {
    for (const id of Object.keys(OPERATIONS) as OperationId[]) {
      const { method, path } = OPERATIONS[id];
      app.http(id, {
        authLevel: "anonymous",
        methods: [method],
        route: path.slice(1),
        handler: HANDLERS[id](context),
      });
    }
    for (const { source, queue } of config.ticketQueues) {
      app.serviceBusQueue(`${source}Tickets`, {
        connection: "ServiceBus",
        queueName: queue,
        handler: ticketHandler(context, { source, queue }),
      });
    }
  },
  export: () => {
    for (const queueName of ["plans", "exports", "seals"] as const) {
      app.serviceBusQueue(`${queueName}Step`, {
        connection: "ServiceBus",
        queueName,
        handler: stepHandler(context),
      });
    }
  },
  delete: () => {
    app.serviceBusQueue("deletesStep", {
      connection: "ServiceBus",
      queueName: "deletes",
      handler: stepHandler(context),
    });
  },
  upkeep: () => {
    app.timer("reconcile", {
      schedule: config.reconcileSchedule,
      handler: reconcileTimer(context),
    });
    app.timer("tidyRegistrations", {
      schedule: config.reconcileSchedule,
      handler: tidyTimer(context),
    });
  },
} as const;

for (const group of config.groups) groups[group]();
