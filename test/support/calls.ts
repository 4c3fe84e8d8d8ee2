import type { HttpHandler } from "@azure/functions";
import { HttpRequest, type HttpResponseInit, InvocationContext } from "@azure/functions";
import type { Context } from "../../shared/context.ts";
import type { Caller } from "../../shared/core/caller.ts";
import { AppError } from "../../shared/errors.ts";
import { memoryDeadLetterQueues } from "./memory/dead-letter-queues.ts";
import { type MemoryStage, upkeepStage } from "./stage.ts";

/** HTTP calls straight into the handlers. */

export const REQUESTER: Caller = {
  callerId: "11111111-1111-4111-8111-111111111111",
  roles: ["Requester"],
};

/** A context on in-memory ports. A bearer token is the JSON of its caller; anything else is refused. */
export function memoryContext(stage: MemoryStage): Context {
  return {
    telemetry: stage.telemetry,
    verifyToken: async (authorization) => {
      if (!authorization?.startsWith("Bearer ")) {
        throw new AppError("unauthenticated", "Send a bearer token in the Authorization header");
      }
      return JSON.parse(authorization.slice(7)) as Caller;
    },
    intake: async () => stage,
    stage: async () => stage,
    upkeep: async () => upkeepStage(stage),
    registrations: async () => stage.registrations,
    startTelemetry: async () => async () => {},
    deadLetterQueues: async () => memoryDeadLetterQueues(),
  };
}

/** A call: by `REQUESTER` and with a JSON body unless told otherwise. */
export type Calling = {
  readonly caller?: Caller | null;
  readonly body?: unknown;
  readonly text?: string;
  readonly headers?: Record<string, string>;
  readonly url?: string;
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly params?: Record<string, string>;
  readonly query?: Record<string, string>;
};

/** What a call came to. */
export type Answer = { status: number; headers: Record<string, string>; body: unknown };

/** Calls a handler. */
export async function call(handler: HttpHandler, calling: Calling = {}): Promise<Answer> {
  const { caller = REQUESTER, body, text, headers = {}, params = {}, query = {} } = calling;
  const content = text ?? (body === undefined ? undefined : JSON.stringify(body));
  const request = new HttpRequest({
    method: calling.method ?? (content === undefined ? "GET" : "POST"),
    url: `http://127.0.0.1${calling.url ?? "/api/privacy-requests"}`,
    headers: {
      "content-type": "application/json",
      ...(caller === null ? {} : { authorization: `Bearer ${JSON.stringify(caller)}` }),
      ...headers,
    },
    params,
    query,
    ...(content === undefined ? {} : { body: { string: content } }),
  });
  const answer = (await handler(
    request,
    new InvocationContext({ invocationId: "trace-1", functionName: "route" }),
  )) as HttpResponseInit;
  return {
    status: answer.status ?? 200,
    headers: answer.headers as Record<string, string>,
    body: answer.jsonBody ?? (answer.body === undefined ? null : bodyOf(answer)),
  };
}

/** JSON as its value, other texts as they are. */
function bodyOf({ body, headers }: HttpResponseInit): unknown {
  const { "content-type": type = "json" } = headers as Record<string, string>;
  return type.includes("json") ? JSON.parse(body as string) : body;
}
