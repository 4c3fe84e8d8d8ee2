import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import {
  type AuditView,
  auditViewSchema,
  type DeadLetterList,
  deadLetterListSchema,
  type PackageView,
  type PlanView,
  packageViewSchema,
  planViewSchema,
  problemSchema,
  type RegisterBody,
  type RequestListView,
  type RequestView,
  requestListSchema,
  requestViewSchema,
  type SubmitBody,
  type WorkspaceList,
  type WorkspaceView,
  workspaceListSchema,
  workspaceViewSchema,
} from "../shared/core/wire.ts";
import { CommandError } from "./command-error.ts";
import type { Connection } from "./connection.ts";
import { quotedKey } from "./idempotency-key.ts";
import { problemSentence, type Subject } from "./problem-sentence.ts";

/** The calls of the HTTP API. All of them throw {@link CommandError} with the API's own explanation. */
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
  /** The receipt file, byte for byte. */
  getReceipt(requestId: string): Promise<Buffer>;
  getAudit(requestId: string): Promise<AuditView>;
  /** The files of a sealed package, with links that are valid for a while. */
  getPackage(requestId: string): Promise<PackageView>;
  /** Registers a workspace with its token, or replaces the token. */
  registerWorkspace(workspaceId: string, body: RegisterBody): Promise<WorkspaceView>;
  /** The workspaces that the caller registered; for Operators, all. */
  listWorkspaces(): Promise<WorkspaceList>;
  removeWorkspace(workspaceId: string): Promise<void>;
  /** A page of the requests that the caller may know of. */
  listRequests(query: Query): Promise<RequestListView>;
  listDeadLetters(query: Query): Promise<DeadLetterList>;
  replayDeadLetter(queue: string, number: string): Promise<void>;
  discardDeadLetter(queue: string, number: string): Promise<void>;
}

type Query = Readonly<Record<string, string>>;
const queryText = (query: Query) => new URLSearchParams(query).toString();

/** What a person can say of a request, beside approving it. */
export type Decision = "refuse" | "cancel" | "hold" | "release";

const ANSWER_WITHIN_MS = 60_000;
/** An address that never answered is most likely wrong; one that did may be restarting. */
const TRIES_AT_FIRST = 2;
const TRIES_LATER = 8;
const LONGEST_WAIT_MS = 5_000;

type Call = {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly subject: Subject;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

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
      await call(
        { method: "POST", path: `${letter(queue, number)}/replay`, subject: {} },
        z.null(),
      );
    },
    discardDeadLetter: async (queue, number) => {
      await call({ method: "DELETE", path: letter(queue, number), subject: {} }, z.null());
    },
    removeWorkspace: async (workspaceId) => {
      await call({ method: "DELETE", ...workspace(workspaceId) }, z.null());
    },
  };
}

function letter(queue: string, number: string): string {
  return `/api/dead-letters/${encodeURIComponent(queue)}/${encodeURIComponent(number)}`;
}

/** Makes a call until it is answered for good. */
function caller(connection: Connection, signal: AbortSignal) {
  let hasAnswered = false;
  return async (request: Call): Promise<Response> => {
    for (let attempt = 1; ; attempt += 1) {
      const isLast = attempt >= (hasAnswered ? TRIES_LATER : TRIES_AT_FIRST);
      const response = await send(connection, request, signal).catch((error: unknown) => {
        signal.throwIfAborted();
        if (error instanceof CommandError) throw error;
        if (isLast) throw noAnswer(connection.api, error);
        return null;
      });
      hasAnswered ||= response !== null;
      if (response !== null && (isLast || !isTransient(response))) return response;
      await response?.body?.cancel();
      await delay(waitMs(response, attempt), undefined, { signal });
    }
  };
}

async function send(
  { api, token }: Connection,
  { method, path, headers, body }: Call,
  signal: AbortSignal,
): Promise<Response> {
  return fetch(api + path, {
    method,
    headers: { ...headers, authorization: `Bearer ${await token(signal)}` },
    ...(body === undefined ? {} : { body }),
    redirect: "error",
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
  });
}

async function read<Schema extends z.ZodType>(
  response: Response,
  schema: Schema,
  { api, subject }: { readonly api: string; readonly subject: Subject },
): Promise<z.infer<Schema>> {
  const json: unknown = await response.json().catch(() => null);
  if (response.ok) {
    const answer = schema.safeParse(json);
    if (answer.success) return answer.data;
    throw new CommandError(`The answer cannot be understood; is ${api} a studio-dsr API?`);
  }
  const problem = problemSchema.safeParse(json);
  if (problem.success) {
    const { code } = problem.data;
    throw new CommandError(problemSentence(problem.data, subject), { code });
  }
  throw new CommandError(`The API answered HTTP ${response.status} without an explanation.`);
}

function isTransient({ status }: Response): boolean {
  return status === 429 || status === 502 || status === 503 || status === 504;
}

function waitMs(response: Response | null, attempt: number): number {
  const askedMs = Number(response?.headers.get("retry-after") ?? 0) * 1000;
  const backOffMs = 250 * 2 ** (attempt - 1);
  return Math.min(Math.max(askedMs || 0, backOffMs), LONGEST_WAIT_MS);
}

function noAnswer(api: string, cause: unknown): CommandError {
  return new CommandError(
    `Nothing answers at ${api}. Start the local stack with "npm run stack", or name the API with --api.`,
    { cause },
  );
}
