import { app } from "@azure/functions";
import { parseConfig } from "../shared/config.ts";
import { createContext } from "../shared/context.ts";
import { getPackage } from "./get-package.ts";
import { getRequest } from "./get-request.ts";
import { getWorkspace } from "./get-workspace.ts";
import { health } from "./health.ts";
import { listWorkspaces } from "./list-workspaces.ts";
import { measureTimer } from "./measure.ts";
import { stepHandler } from "./message.ts";
import { reconcileTimer } from "./reconcile.ts";
import { registerWorkspaceRoute } from "./register-workspace.ts";
import { removeWorkspaceRoute } from "./remove-workspace.ts";
import { submitRequest } from "./submit-request.ts";
import { tidyTimer } from "./tidy-registrations.ts";
import { traceInvocation } from "./trace.ts";

/**
 * The map of the app: every function, its trigger and its group. Callers are known by their bearer token
 * alone, so host keys are off. A setting that is missing stops the start.
 */
const config = parseConfig(process.env);
const context = createContext(config);

const http = { authLevel: "anonymous" } as const;

/** What the groups register; each can run as an app of its own, under its own identity. */
const groups = {
  intake: () => {
    app.post("submitRequest", {
      ...http,
      route: "api/privacy-requests",
      handler: submitRequest(context),
    });
    app.get("getRequest", {
      ...http,
      route: "api/privacy-requests/{id}",
      handler: getRequest(context),
    });
    app.get("getPackage", {
      ...http,
      route: "api/privacy-requests/{id}/package",
      handler: getPackage(context),
    });
    app.put("registerWorkspace", {
      ...http,
      route: "api/workspaces/{id}",
      handler: registerWorkspaceRoute(context),
    });
    app.get("listWorkspaces", {
      ...http,
      route: "api/workspaces",
      handler: listWorkspaces(context),
    });
    app.get("getWorkspace", {
      ...http,
      route: "api/workspaces/{id}",
      handler: getWorkspace(context),
    });
    app.deleteRequest("removeWorkspace", {
      ...http,
      route: "api/workspaces/{id}",
      handler: removeWorkspaceRoute(context),
    });
    app.get("health", { ...http, route: "api/health", handler: health(context) });
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
  upkeep: () => {
    app.timer("reconcile", {
      schedule: config.reconcileSchedule,
      handler: reconcileTimer(context),
    });
    app.timer("measure", { schedule: config.measureSchedule, handler: measureTimer(context) });
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
