import { app } from "@azure/functions";
import { ROUTES, type Route } from "../../functions/api/routes.ts";
import { parseConfig } from "../../shared/config.ts";

/**
 * The app's entry with nothing behind it: reads the same settings, registers the same functions, imports no
 * SDK and no handler.
 */
const config = parseConfig(process.env);
const handler = async () => ({});
const schedule = config.measureSchedule;
const connection = "ServiceBus";

for (const [id, { method, path }] of Object.entries<Route>(ROUTES)) {
  app.http(id, { authLevel: "anonymous", methods: [method], route: path.slice(1), handler });
}
for (const { source, queue } of config.ticketQueues) {
  app.serviceBusQueue(`${source}Tickets`, { connection, queueName: queue, handler });
}
for (const queueName of ["plans", "exports", "seals", "deletes"]) {
  app.serviceBusQueue(`${queueName}Step`, { connection, queueName, handler });
}
for (const timer of [
  "measure",
  "reconcile",
  "purge-guest-exports",
  "watch-deadlines",
  "tidyRegistrations",
]) {
  app.timer(timer, { schedule, handler });
}
app.hook.appStart(() => {});
app.hook.appTerminate(() => {});
app.hook.preInvocation(() => {});
