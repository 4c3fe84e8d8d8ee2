import { app } from "@azure/functions";
import { parseConfig } from "../shared/config.ts";
import { createContext } from "../shared/context.ts";
import { TIMERS, type Timer } from "../shared/core/wire.ts";
import type { Operation } from "./api/operation.ts";
import { OPERATIONS, type OperationId } from "./api/table.ts";
import { HANDLERS } from "./handlers.ts";
import { measureTimer } from "./measure.ts";
import { stepHandler } from "./message.ts";
import { ticketHandler } from "./ticket.ts";
import { tidyTimer } from "./tidy-registrations.ts";
import { traceInvocation } from "./trace.ts";
import { upkeepTimer } from "./upkeep.ts";

/**
 * The map of the app: every function, its trigger and its group. Callers are known by their bearer token
 * alone, so host keys are off. A setting that is missing stops the start.
 */
const config = parseConfig(process.env);
const context = createContext(config);

/** What runs on a schedule, and can be run by hand. */
const timers: Record<Timer, string> = {
  reconcile: config.reconcileSchedule,
  "purge-guest-exports": config.purgeSchedule,
  "watch-deadlines": config.deadlineSchedule,
};

/** Registers the calls of the API that a group answers. */
function registerCalls(group: "intake" | "upkeep"): void {
  for (const id of Object.keys(OPERATIONS) as OperationId[]) {
    const operation: Operation = OPERATIONS[id];
    if ((operation.group ?? "intake") !== group) continue;
    app.http(id, {
      authLevel: "anonymous",
      methods: [operation.method],
      route: operation.path.slice(1),
      handler: HANDLERS[id](context),
    });
  }
}

/** What the groups register; each can run as an app of its own, under its own identity. */
const groups = {
  intake: () => {
    registerCalls("intake");
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
    app.timer("measure", { schedule: config.measureSchedule, handler: measureTimer(context) });
    for (const timer of TIMERS) {
      app.timer(timer, { schedule: timers[timer], handler: upkeepTimer(context, timer) });
    }
    registerCalls("upkeep");
    app.timer("tidyRegistrations", {
      schedule: config.reconcileSchedule,
      handler: tidyTimer(context),
    });
  },
} as const;

for (const group of config.groups) groups[group]();

let stopTelemetry = async () => {};
app.hook.appStart(async () => {
  stopTelemetry = await context.startTelemetry();
});
app.hook.appTerminate(async () => stopTelemetry());
app.hook.preInvocation(traceInvocation);
