import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type { Call, CallLog } from "../control/call-log.ts";
import type { FaultAction, FaultPlan } from "../control/faults.ts";
import { emptyReply, jsonReply, type Reply, textReply } from "./reply.ts";
import type { Handler } from "./router.ts";
import { sendReply } from "./send-reply.ts";
import { toSimulatorRequest } from "./simulator-request.ts";
import type { SurfaceName } from "./surface-name.ts";

/** What every surface shares. */
export type SurfaceTools = { readonly callLog: CallLog; readonly faults: FaultPlan };

/**
 * Puts a handler on a server: notes each call, applies the faults in force, streams the reply. An error
 * thrown by the handler is answered as 500 `SimulatorError`, so that a defect shows in the caller's test.
 */
export function createSurface(
  name: SurfaceName,
  origin: string,
  tools: SurfaceTools,
  handler: Handler,
): RequestListener {
  return (incoming, response) => {
    answer(name, origin, tools, handler, incoming, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  };
}

async function answer(
  surface: SurfaceName,
  origin: string,
  tools: SurfaceTools,
  handler: Handler,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const method = incoming.method ?? "GET";
  const target = incoming.url ?? "/";
  const call = tools.callLog.begin({ surface, method, path: target.replace(/\?.*$/s, "") });
  const fault = tools.faults.take({ surface, method, path: target });
  if (fault !== null && "reset" in fault) {
    response.destroy();
    return;
  }
  const reply = await replyTo(fault, handler, incoming, origin);
  if (fault !== null && "resetAfter" in fault) {
    if (reply.body instanceof Readable) reply.body.destroy();
    response.destroy();
    return;
  }
  call.status = reply.status;
  const cutAfterBytes = fault !== null && "cutAfterBytes" in fault ? fault.cutAfterBytes : null;
  const { body } = reply;
  const counted =
    body instanceof Readable ? Readable.from(counting(body, call), { objectMode: false }) : body;
  await sendReply(response, { ...reply, body: counted }, cutAfterBytes);
}

async function* counting(body: Readable, call: Call): AsyncGenerator<Buffer> {
  for await (const chunk of body as AsyncIterable<Buffer>) {
    call.sentBytes += chunk.length;
    yield chunk;
  }
}

async function replyTo(
  fault: FaultAction | null,
  handler: Handler,
  incoming: IncomingMessage,
  origin: string,
): Promise<Reply> {
  if (fault !== null && "status" in fault) return faultReply(fault);
  if (fault !== null && "delayMs" in fault) await delay(fault.delayMs, undefined, { ref: false });
  try {
    return await handler(toSimulatorRequest(incoming, origin));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return jsonReply({ error: { code: "SimulatorError", message } }, 500);
  }
}

function faultReply(fault: Extract<FaultAction, { status: number }>): Reply {
  const { status, body, headers = {} } = fault;
  const reply = bodyReply(body, status);
  return { ...reply, headers: { ...reply.headers, ...headers } };
}

function bodyReply(body: unknown, status: number): Reply {
  if (body === undefined) return emptyReply(status);
  if (typeof body === "string") return textReply(body, "text/plain; charset=utf-8", status);
  return jsonReply(body, status);
}
