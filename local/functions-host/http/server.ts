import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AppFunction } from "../app-function.ts";
import type { RpcHttpRequest, TypedData } from "../core-types.ts";
import { HostError } from "../host-error.ts";
import type { Invoke } from "../invoke.ts";
import { describeError, type Log } from "../log.ts";
import type { FunctionOutcome } from "../run-function.ts";
import { startTrace } from "../trace-context.ts";
import { handleAdmin } from "./admin.ts";
import type { KeyCheck } from "./keys.ts";
import { HttpFailure, readBody, requestUrl, toRpcRequest } from "./request.ts";
import { sendEmpty, sendResponse } from "./response.ts";
import { createRouter, type RouteMatch, type Router } from "./routes.ts";
import { serveStreamed } from "./stream.ts";

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
  /** Where the library takes requests when the app streams; undefined otherwise. */
  readonly streamUrl: URL | undefined;
  /** All functions: each can be run by hand through `/admin/functions/<name>`. */
  readonly functions: readonly AppFunction[];
  readonly isDisabled: (name: string) => boolean;
  readonly isAllowed: KeyCheck;
  readonly invoke: Invoke;
  readonly log: Log;
};

/** Invokes the function a request goes to. */
export type RunHttpFunction = (
  data: { readonly http: RpcHttpRequest },
  triggerMetadata: Readonly<Record<string, TypedData>>,
  invocationId?: string,
) => Promise<FunctionOutcome>;

const activityTimeoutMs = 240_000;

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
  if (!options.isAllowed(match.fn, request, url)) {
    throw new HttpFailure(401, "The function's key is missing.");
  }
  await serve(options, { ...match, request, response, url });
}

type Exchange = RouteMatch & { request: IncomingMessage; response: ServerResponse; url: URL };

async function serve(options: HttpServerOptions, exchange: Exchange): Promise<void> {
  const { fn, params, request, response, url } = exchange;
  const { bodyLimitBytes, streamUrl } = options;
  const { traceparent, tracestate } = request.headers;
  const run: RunHttpFunction = (data, triggerMetadata, invocationId) => {
    const traceContext = startTrace(traceparent, tracestate);
    const inputData = [{ name: fn.bindingName, data }];
    return options.invoke(fn, { inputData, triggerMetadata, traceContext }, invocationId);
  };
  if (streamUrl === undefined) {
    const body = await readBody(request, bodyLimitBytes);
    const { returnValue } = await run({ http: toRpcRequest(request, url, params, body) }, {});
    sendResponse(response, returnValue);
    return;
  }
  const stream = { streamUrl, bodyLimitBytes, activityTimeoutMs };
  if ((await serveStreamed(stream, exchange, run)) === "empty") {
    const problem = "returned nothing: answered with 204, but on Azure its caller gets no answer";
    options.log("warning", `Function.${fn.name}`, problem);
    sendEmpty(response, 204);
  }
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
