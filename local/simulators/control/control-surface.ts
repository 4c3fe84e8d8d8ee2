import { z } from "zod";
import type { MovableClock } from "../clock.ts";
import type { Estate } from "../estate/estate.ts";
import { emptyReply, jsonReply, type Reply } from "../http/reply.ts";
import { createRouter, type Handler } from "../http/router.ts";
import type { SimulatorRequest } from "../http/simulator-request.ts";
import type { CallLog } from "./call-log.ts";
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
 * The tests' own door: the call log, faults, switches, the clock of Studio and storage, and the list of
 * what is seeded. A body that does not fit is answered with 400 and the reason.
 */
export function createControlHandler(context: ControlContext): Handler {
  const { callLog, faults, switches, clock } = context;
  return createRouter(
    [
      get("/control/calls", () => jsonReply(callLog.list())),
      remove("/control/calls", () => callLog.clear()),
      post("/control/faults", faultsSchema, (added) => faults.add(added)),
      remove("/control/faults", () => faults.clear()),
      get("/control/switches", () => jsonReply(switches.current)),
      post("/control/switches", switchChangeSchema, (patch) => switches.change(patch)),
      remove("/control/switches", () => switches.reset()),
      post("/control/clock", clockSchema, ({ advanceMs }) => clock.advance(advanceMs)),
      ...workspaceViewRoutes(context),
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
  const handle = async (request: SimulatorRequest) => {
    const body = schema.safeParse(JSON.parse(await request.readText()));
    if (!body.success) return jsonReply({ error: z.prettifyError(body.error) }, 400);
    change(body.data);
    return emptyReply(204);
  };
  return { method: "POST", pattern, handle };
}
