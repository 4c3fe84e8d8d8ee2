import { app } from "@azure/functions";
import { parseConfig } from "../shared/config.ts";
import { createContext } from "../shared/context.ts";
import { TIMERS, type Timer } from "../shared/core/wire.ts";
import { approveRequest } from "./approve-request.ts";
import { cancelRequest } from "./cancel-request.ts";
import { awaitIdentity, confirmIdentity, extendRequest } from "./deadline-decisions.ts";
import { getDeletionControls, setDeletionControls } from "./deletion-controls.ts";
import { getAudit } from "./get-audit.ts";
import { getPackage } from "./get-package.ts";
import { getPlan } from "./get-plan.ts";
import { getReceipt } from "./get-receipt.ts";
import { getRegister } from "./get-register.ts";
import { getRequest } from "./get-request.ts";
import { getWorkspace } from "./get-workspace.ts";
import { health } from "./health.ts";
import { holdRequest, releaseRequest } from "./hold-request.ts";
import { listWorkspaces } from "./list-workspaces.ts";
import { measureTimer } from "./measure.ts";
import { stepHandler } from "./message.ts";
import { refuseRequest } from "./refuse-request.ts";
import { registerWorkspaceRoute } from "./register-workspace.ts";
import { removeWorkspaceRoute } from "./remove-workspace.ts";
import { retryRequest } from "./retry-request.ts";
import { signingKeys } from "./signing-keys.ts";
import { submitRequest } from "./submit-request.ts";
import { tidyTimer } from "./tidy-registrations.ts";
import { traceInvocation } from "./trace.ts";
import { runTimer, upkeepTimer } from "./upkeep.ts";

/**
 * The map of the app: every function, its trigger and its group. Callers are known by their bearer token
 * alone, so host keys are off. A setting that is missing stops the start.
 */
const config = parseConfig(process.env);
const context = createContext(config);

const http = { authLevel: "anonymous" } as const;

/** What people decide about a request: the last part of the route, and the handler. */
const decisions = {
  approveRequest: ["approval", approveRequest],
  refuseRequest: ["refuse", refuseRequest],
  cancelRequest: ["cancel", cancelRequest],
  holdRequest: ["hold", holdRequest],
  releaseRequest: ["release", releaseRequest],
  extendRequest: ["extend", extendRequest],
  awaitIdentity: ["await-identity", awaitIdentity],
  confirmIdentity: ["confirm-identity", confirmIdentity],
} as const;

/** What runs on a schedule, and can be run by hand. */
const timers: Record<Timer, string> = {
  reconcile: config.reconcileSchedule,
  "purge-guest-exports": config.purgeSchedule,
  "watch-deadlines": config.deadlineSchedule,
};

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
    app.post("retryRequest", {
      ...http,
      route: "api/privacy-requests/{id}/retry",
      handler: retryRequest(context),
    });
    app.get("getPlan", {
      ...http,
      route: "api/privacy-requests/{id}/plan",
      handler: getPlan(context),
    });
    for (const [name, [action, handler]] of Object.entries(decisions)) {
      app.post(name, {
        ...http,
        route: `api/privacy-requests/{id}/${action}`,
        handler: handler(context),
      });
    }
    const controls = { ...http, route: "api/controls/deletions" };
    app.get("getDeletionControls", { ...controls, handler: getDeletionControls(context) });
    app.put("setDeletionControls", { ...controls, handler: setDeletionControls(context) });
    app.get("getReceipt", {
      ...http,
      route: "api/privacy-requests/{id}/receipt",
      handler: getReceipt(context),
    });
    app.get("getAudit", {
      ...http,
      route: "api/privacy-requests/{id}/audit",
      handler: getAudit(context),
    });
    app.get("signingKeys", {
      ...http,
      route: ".well-known/jwks.json",
      handler: signingKeys(context),
    });
    app.get("getRegister", { ...http, route: "api/register", handler: getRegister(context) });
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
    app.post("runTimer", { ...http, route: "api/upkeep/{timer}", handler: runTimer(context) });
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
