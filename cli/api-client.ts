import { z } from "zod";
import {
  type AuditView,
  auditViewSchema,
  type ControlsBody,
  type ControlsView,
  controlsViewSchema,
  type DeadLetterList,
  deadLetterListSchema,
  healthSchema,
  type IdentityBody,
  type InventoryLineView,
  type PackageView,
  type PlanView,
  packageViewSchema,
  planViewSchema,
  type Register,
  type RegisterBody,
  type RequestListView,
  type RequestView,
  registerSchema,
  requestListSchema,
  requestViewSchema,
  type SubmitBody,
  type Timer,
  type UpkeepView,
  upkeepViewSchema,
  type WorkspaceList,
  type WorkspaceView,
  workspaceListSchema,
  workspaceViewSchema,
} from "../shared/core/wire.ts";
import { type Call, caller, read } from "./api-call.ts";
import type { Connection } from "./connection.ts";
import { quotedKey } from "./idempotency-key.ts";
import { inventoryLines } from "./inventory-lines.ts";

const CONTROLS = "/api/controls/deletions";

/** The calls of the HTTP API. All of them throw a `CommandError` with the API's own explanation. */
export interface ApiClient {
  /** Submits a request; the same key and body again give the same request. Refuses a key that cannot be sent. */
  submit(body: SubmitBody, idempotencyKey: string): Promise<RequestView>;
  getRequest(requestId: string): Promise<RequestView>;
  /** Makes the request that exports what failed in this one; asked again, it is the same. */
  retry(requestId: string): Promise<RequestView>;
  /** The plan of a deletion, as an approval signs it. */
  getPlan(requestId: string): Promise<PlanView>;
  /** Approves the plan with that hash. */
  approve(requestId: string, planHash: string, comment?: string): Promise<RequestView>;
  /** Says what becomes of a request, and why. */
  decide(requestId: string, decision: Decision, reason?: string): Promise<RequestView>;
  /** Records the evidence of whose data it is. */
  confirmIdentity(requestId: string, evidence: IdentityBody): Promise<RequestView>;
  /** The receipt file, byte for byte. */
  getReceipt(requestId: string): Promise<Buffer>;
  getAudit(requestId: string): Promise<AuditView>;
  /** The files of a sealed package, with links that are valid for a while. */
  getPackage(requestId: string): Promise<PackageView>;
  /** Registers a workspace with its token, or replaces the token. */
  registerWorkspace(workspaceId: string, body: RegisterBody): Promise<WorkspaceView>;
  /** The workspaces that the caller registered; for Operators, all. */
  listWorkspaces(): Promise<WorkspaceList>;
  getWorkspace(workspaceId: string): Promise<WorkspaceView>;
  removeWorkspace(workspaceId: string): Promise<void>;
  /** What the workspace holds, while it is found. Throws when the answer breaks off. */
  getInventory(workspaceId: string): AsyncIterable<InventoryLineView>;
  /** A page of the requests that the caller may know of. */
  listRequests(query: Query): Promise<RequestListView>;
  listDeadLetters(query: Query): Promise<DeadLetterList>;
  replayDeadLetter(queue: string, number: string): Promise<void>;
  discardDeadLetter(queue: string, number: string): Promise<void>;
  getControls(): Promise<ControlsView>;
  setControls(controls: ControlsBody): Promise<ControlsView>;
  /** How requests were answered, by law, kind and outcome. */
  getRegister(query: Query): Promise<Register>;
  /** Throws unless the service reaches its store. */
  health(): Promise<void>;
  /** Runs a timer for a while; says whether there is more to do. */
  runTimer(timer: Timer): Promise<UpkeepView>;
}

type Query = Readonly<Record<string, string>>;
const queryText = (query: Query) => new URLSearchParams(query).toString();

/** What a person can say of a request, beside approving it. */
export type Decision = "refuse" | "cancel" | "hold" | "release" | "extend" | "await-identity";

/**
 * A client of the API at a connection. Calls that get no answer, or 429, 502, 503 or 504, are made again
 * with growing pauses (`Retry-After` is honoured): all of them can be repeated safely. Redirects are
 * errors, so that the token goes nowhere else.
 */
export function apiClient(connection: Connection, signal: AbortSignal): ApiClient {
  const answered = caller(connection, signal);
  const call = async <Schema extends z.ZodType>(request: Call, schema: Schema) =>
    read(await answered(request), schema, { api: connection.api, subject: request.subject });
  const post = (requestId: string, action: string, body: unknown) =>
    call(
      {
        method: "POST",
        path: `${path(requestId)}/${action}`,
        subject: { requestId },
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      },
      requestViewSchema,
    );
  const get = (requestId: string, what: string): Call => ({
    method: "GET",
    path: `${path(requestId)}/${what}`,
    subject: { requestId },
  });
  const workspace = (workspaceId: string) => ({
    path: `/api/workspaces/${encodeURIComponent(workspaceId)}`,
    subject: { workspaceId },
  });
  const path = (requestId: string) => `/api/privacy-requests/${encodeURIComponent(requestId)}`;
  return {
    submit: (body, idempotencyKey) => {
      const headers = {
        "content-type": "application/json",
        "idempotency-key": quotedKey(idempotencyKey),
      };
      return call(
        {
          method: "POST",
          path: "/api/privacy-requests",
          subject: {},
          headers,
          body: JSON.stringify(body),
        },
        requestViewSchema,
      );
    },
    getRequest: (requestId) =>
      call({ method: "GET", path: path(requestId), subject: { requestId } }, requestViewSchema),
    retry: (requestId) =>
      call(
        { method: "POST", path: `${path(requestId)}/retry`, subject: { requestId } },
        requestViewSchema,
      ),
    getPlan: (requestId) => call(get(requestId, "plan"), planViewSchema),
    approve: (requestId, planHash, comment) => post(requestId, "approval", { planHash, comment }),
    decide: (requestId, decision, reason) => post(requestId, decision, { reason }),
    confirmIdentity: (requestId, evidence) => post(requestId, "confirm-identity", evidence),
    getReceipt: async (requestId) => {
      const response = await answered(get(requestId, "receipt"));
      if (response.ok) return Buffer.from(await response.arrayBuffer());
      return read(response, z.never(), { api: connection.api, subject: { requestId } });
    },
    getAudit: (requestId) => call(get(requestId, "audit"), auditViewSchema),
    getPackage: (requestId) => call(get(requestId, "package"), packageViewSchema),
    registerWorkspace: (workspaceId, body) => {
      const headers = { "content-type": "application/json" };
      const to = workspace(workspaceId);
      return call(
        { method: "PUT", ...to, headers, body: JSON.stringify(body) },
        workspaceViewSchema,
      );
    },
    listWorkspaces: () =>
      call({ method: "GET", path: "/api/workspaces", subject: {} }, workspaceListSchema),
    listRequests: (query) =>
      call(
        { method: "GET", path: `/api/privacy-requests?${queryText(query)}`, subject: {} },
        requestListSchema,
      ),
    listDeadLetters: (query) =>
      call(
        { method: "GET", path: `/api/dead-letters?${queryText(query)}`, subject: {} },
        deadLetterListSchema,
      ),
    replayDeadLetter: async (queue, number) => {
      const { path: to, subject } = letter(queue, number);
      await call({ method: "POST", path: `${to}/replay`, subject }, z.null());
    },
    discardDeadLetter: async (queue, number) => {
      await call({ method: "DELETE", ...letter(queue, number) }, z.null());
    },
    getWorkspace: (workspaceId) =>
      call({ method: "GET", ...workspace(workspaceId) }, workspaceViewSchema),
    getInventory: async function* (workspaceId) {
      const to = workspace(workspaceId);
      const response = await answered({ method: "GET", ...to, path: `${to.path}/inventory` });
      if (response.ok) yield* inventoryLines(response);
      else await read(response, z.never(), { api: connection.api, subject: to.subject });
    },
    removeWorkspace: async (workspaceId) => {
      await call({ method: "DELETE", ...workspace(workspaceId) }, z.null());
    },
    getControls: () => call({ method: "GET", path: CONTROLS, subject: {} }, controlsViewSchema),
    setControls: (controls) => {
      const headers = { "content-type": "application/json" };
      const body = JSON.stringify(controls);
      return call(
        { method: "PUT", path: CONTROLS, subject: {}, headers, body },
        controlsViewSchema,
      );
    },
    getRegister: (query) =>
      call(
        { method: "GET", path: `/api/register?${queryText(query)}`, subject: {} },
        registerSchema,
      ),
    health: async () => {
      await call({ method: "GET", path: "/api/health", subject: {} }, healthSchema);
    },
    runTimer: (timer) =>
      call({ method: "POST", path: `/api/upkeep/${timer}`, subject: {} }, upkeepViewSchema),
  };
}

function letter(queue: string, number: string): Pick<Call, "path" | "subject"> {
  const path = `/api/dead-letters/${encodeURIComponent(queue)}/${encodeURIComponent(number)}`;
  return { path, subject: { deadLetter: `${queue} ${number}` } };
}
