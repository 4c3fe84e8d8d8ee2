import { app } from "@azure/functions";
import { parseConfig } from "../shared/config.ts";
import { once } from "../shared/context/once.ts";
import type { Context } from "../shared/context.ts";
import type { Timer } from "../shared/core/wire.ts";
import { type OperationId, ROUTES, type Route } from "./api/routes.ts";
import { HANDLERS } from "./handlers.ts";
import { loadedOnce } from "./loaded-once.ts";

/**
 * The map of the app: every function, its trigger and its group. Callers are known by their bearer token
 * alone, so host keys are off. A setting that is missing stops the start. What a function runs is loaded at its
 * first call, so that an app starts fast and holds no more than it needs.
 */
const config = parseConfig(process.env);

const contextOf = once(async () => {
  const { createContext } = await import("../shared/context.ts");
  return createContext(config);
});

/** What is made of the context at the first call, with what it is loaded by. */
function inContext<Args extends unknown[], Result>(
  load: () => Promise<(context: Context) => (...args: Args) => Result | Promise<Result>>,
) {
  return loadedOnce(async () => {
    const [make, context] = await Promise.all([load(), contextOf()]);
    return make(context);
  });
}

/** What runs on a schedule, and can be run by hand. */
const timers: Record<Timer, string> = {
  reconcile: config.reconcileSchedule,
  "purge-guest-exports": config.purgeSchedule,
  "watch-deadlines": config.deadlineSchedule,
};

/** Registers the calls of the API that a group answers. */
function registerCalls(group: "intake" | "export" | "upkeep"): void {
  for (const id of Object.keys(ROUTES) as OperationId[]) {
    const { method, path, group: own }: Route = ROUTES[id];
    if ((own ?? "intake") !== group) continue;
    app.http(id, {
      authLevel: "anonymous",
      methods: [method],
      route: path.slice(1),
      handler: inContext(HANDLERS[id]),
    });
  }
}

/** Works off the messages of a request. */
const step = inContext(async () => (await import("./message.ts")).stepHandler);

/** What the groups register; each can run as an app of its own, under its own identity. */
const groups = {
  intake: () => {
    registerCalls("intake");
    for (const { source, queue } of config.ticketQueues) {
      app.serviceBusQueue(`${source}Tickets`, {
        connection: "ServiceBus",
        queueName: queue,
        handler: inContext(async () => {
          const { ticketHandler } = await import("./ticket.ts");
          return (context) => ticketHandler(context, { source, queue });
        }),
      });
    }
  },
  export: () => {
    registerCalls("export");
    for (const queueName of ["plans", "exports", "seals"] as const) {
      app.serviceBusQueue(`${queueName}Step`, {
        connection: "ServiceBus",
        queueName,
        handler: step,
      });
    }
  },
  delete: () => {
    app.serviceBusQueue("deletesStep", {
      connection: "ServiceBus",
      queueName: "deletes",
      handler: step,
    });
  },
  upkeep: () => {
    app.timer("measure", {
      schedule: config.measureSchedule,
      handler: inContext(async () => (await import("./measure.ts")).measureTimer),
    });
    for (const timer of Object.keys(timers) as Timer[]) {
      app.timer(timer, {
        schedule: timers[timer],
        handler: inContext(async () => {
          const { upkeepTimer } = await import("./upkeep.ts");
          return (context) => upkeepTimer(context, timer);
        }),
      });
    }
    registerCalls("upkeep");
    app.timer("tidyRegistrations", {
      schedule: config.reconcileSchedule,
      handler: inContext(async () => (await import("./tidy-registrations.ts")).tidyTimer),
    });
  },
} as const;

for (const group of config.groups) groups[group]();

let stopTelemetry = async () => {};
app.hook.appStart(async () => {
  stopTelemetry = await (await contextOf()).startTelemetry();
});
app.hook.appTerminate(async () => stopTelemetry());
app.hook.preInvocation(loadedOnce(async () => (await import("./trace.ts")).traceInvocation));
