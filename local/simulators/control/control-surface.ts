import { z } from "zod";
import type { MovableClock } from "../clock.ts";
import type { Estate } from "../estate/estate.ts";
import { emptyReply, jsonReply, type Reply } from "../http/reply.ts";
import { createRouter, type Handler } from "../http/router.ts";
import type { SimulatorRequest } from "../http/simulator-request.ts";
import type { CallLog } from "./call-log.ts";
import { estateChangeRoutes, withBody } from "./estate-changes.ts";
import { type FaultPlan, faultsSchema } from "./faults.ts";
import { type SwitchBoard, switchChangeSchema } from "./switches.ts";
import { workspaceViewRoutes } from "./workspace-views.ts";

/** What tests may look at and change. */
export type ControlContext = {
  readonly estate: Estate;
  readonly callLog: CallLog;
  readonly faults: FaultPlan;
  readonly switches: SwitchBoard;
  readonly clock: MovableClock;
};

const clockSchema = z.strictObject({ advanceMs: z.int().min(0) });

/**
 * The tests' own door: the call log, faults, switches, the clock, what is seeded and what is left of it, and
 * changes to it. A body that does not fit is answered with 400 and the reason.
 */
export function createControlHandler(context: ControlContext): Handler {
  const { callLog, faults, switches, clock } = context;
  return createRouter(
    [
      {
        method: "GET",
        pattern: "/control/calls",
        handle: (request) => {
          const isAll = request.query("mutating") !== "true";
          return jsonReply(callLog.list().filter(({ isMutating }) => isAll || isMutating));
        },
      },
      remove("/control/calls", () => callLog.clear()),
      post("/control/faults", faultsSchema, (added) => faults.add(added)),
      remove("/control/faults", () => faults.clear()),
      get("/control/switches", () => jsonReply(switches.current)),
      post("/control/switches", switchChangeSchema, (patch) => switches.change(patch)),
      remove("/control/switches", () => switches.reset()),
      get("/control/clock", () => jsonReply({ now: new Date(clock.now()).toISOString() })),
      post("/control/clock", clockSchema, ({ advanceMs }) => clock.advance(advanceMs)),
      ...workspaceViewRoutes(context),
      ...estateChangeRoutes(context),
    ],
    () => emptyReply(404),
  );
}

function get(pattern: string, handle: () => Reply) {
  return { method: "GET", pattern, handle };
}

function remove(pattern: string, change: () => void) {
  const handle = () => {
    change();
    return emptyReply(204);
  };
  return { method: "DELETE", pattern, handle };
}

function post<Body>(pattern: string, schema: z.ZodType<Body>, change: (body: Body) => void) {
  const handle = (request: SimulatorRequest) =>
    withBody(request, schema, (body) => {
      change(body);
      return emptyReply(204);
    });
  return { method: "POST", pattern, handle };
}
