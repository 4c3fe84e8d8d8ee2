import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { HostError } from "../host-error.ts";
import type { Invoke } from "../invoke.ts";
import { describeError, type Log } from "../log.ts";
import { startTrace } from "../trace-context.ts";
import type { AppFunction } from "../trigger.ts";
import { handleAdmin } from "./admin.ts";
import type { KeyCheck } from "./keys.ts";
import { HttpFailure, readBody, requestUrl, toRpcRequest } from "./request.ts";
import { sendEmpty, sendResponse } from "./response.ts";
import { createRouter, type Router } from "./routes.ts";

/** A listening server. */
export interface HttpServer {
  readonly url: string;
  /** Takes no new connection and closes idle ones; resolves when the last answer is sent. */
  drain(): Promise<void>;
  /** Cuts whatever is still open. */
  close(): void;
}

export type HttpServerOptions = {
  /** 0 takes any free port. */
  readonly port: number;
  readonly routePrefix: string;
  readonly bodyLimitBytes: number;
  /** All functions: each can be run by hand through `/admin/functions/<name>`. */
  readonly functions: readonly AppFunction[];
  readonly isDisabled: (name: string) => boolean;
  readonly isAllowed: KeyCheck;
  readonly invoke: Invoke;
  readonly log: Log;
};

/**
 * Serves the HTTP functions on 127.0.0.1 only. Refusals (400, 401, 404, 413) and the 500 of a
 * function that threw have empty bodies.
 * Throws a HostError when the port is taken or a route is malformed.
 */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const served = options.functions
    .filter((fn) => fn.kind === "http")
    .filter((fn) => !options.isDisabled(fn.name));
  const route = createRouter(served, options.routePrefix);
  const server = createServer((request, response) => {
    response.once("close", () => {
      if (!server.listening) {
        server.closeIdleConnections();
      }
    });
    handle(options, route, request, response).catch((error: unknown) =>
      refuse(options.log, request, response, error),
    );
  });
  const port = await listen(server, options.port);
  return {
    url: `http://127.0.0.1:${port}`,
    drain: () => new Promise((resolve) => server.close(() => resolve())),
    close: () => server.closeAllConnections(),
  };
}

async function handle(
  options: HttpServerOptions,
  route: Router,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = requestUrl(request);
  if (url.pathname.startsWith("/admin/")) {
    await handleAdmin(options, request, response, url);
    return;
  }
  const match = route(request.method ?? "", url.pathname);
  if (match === undefined) {
    throw new HttpFailure(404, "No function has this route and method.");
  }
  const { fn, params } = match;
  if (!options.isAllowed(fn.authLevel, request, url)) {
    throw new HttpFailure(401, "The function's key is missing.");
  }
  const body = await readBody(request, options.bodyLimitBytes);
  const { traceparent, tracestate } = request.headers;
  const { returnValue } = await options.invoke(fn, {
    inputData: [{ name: fn.bindingName, data: { http: toRpcRequest(request, url, params, body) } }],
    triggerMetadata: {},
    traceContext: startTrace(traceparent, tracestate),
  });
  sendResponse(response, returnValue);
}

/** Answers a request that got no response of its own; an unread body ends the connection. */
function refuse(
  log: Log,
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
): void {
  if (!(error instanceof HttpFailure)) {
    const path = request.url?.split("?")[0] ?? "";
    log("error", "Host.Http", `${request.method} ${path} failed: ${describeError(error)}`);
  }
  if (response.headersSent) {
    response.destroy();
    return;
  }
  for (const name of response.getHeaderNames()) {
    response.removeHeader(name);
  }
  if (!request.complete) {
    response.setHeader("connection", "close");
  }
  sendEmpty(response, error instanceof HttpFailure ? error.status : 500);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const reason = error.code === "EADDRINUSE" ? "is taken" : `is refused (${error.code})`;
      reject(new HostError(`Port ${port} ${reason}: choose another one with --port.`));
    });
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}
