import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import type { AppFunction } from "../app-function.ts";
import type { InvocationRequest, TypedData } from "../core-types.ts";
import { describeError } from "../log.ts";
import { bodyData } from "../service-bus/metadata.ts";
import { timerInput } from "../timer/input.ts";
import { startTrace } from "../trace-context.ts";
import { HttpFailure, readBody } from "./request.ts";
import { sendEmpty } from "./response.ts";
import type { HttpServerOptions } from "./server.ts";

const manualRun = z.object({ input: z.string().default("") });

/**
 * `POST /admin/functions/<name>` runs any function, also a disabled one, and answers 202 at once;
 * the outcome is in the log. The optional JSON body `{"input": text}` is the message or HTTP body.
 * Source: Microsoft Learn, "Manually run a non HTTP-triggered function".
 * Throws HttpFailure 401 without the master key (when there is one), 404 and 400.
 */
export async function handleAdmin(
  options: HttpServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  if (!options.isAllowed({ name: "admin", authLevel: "admin" }, request, url)) {
    throw new HttpFailure(401, "The master key is missing.");
  }
  const name = /^\/admin\/functions\/([^/]+)\/?$/.exec(url.pathname)?.[1]?.toLowerCase();
  const fn = options.functions.find((candidate) => candidate.name.toLowerCase() === name);
  if (fn === undefined || request.method !== "POST") {
    throw new HttpFailure(404, "There is no such function.");
  }
  const { input } = parseBody(await readBody(request, options.bodyLimitBytes));
  const invocation = requestByHand(fn, input, url);
  options.invoke(fn, invocation).catch((error: unknown) => {
    options.log("error", `Function.${fn.name}`, `run by hand, failed: ${describeError(error)}`);
  });
  sendEmpty(response, 202);
}

function parseBody(body: Uint8Array | undefined): z.infer<typeof manualRun> {
  try {
    const text = Buffer.from(body ?? []).toString("utf8");
    return manualRun.parse(text === "" ? {} : JSON.parse(text));
  } catch {
    throw new HttpFailure(400, 'The body is not of the form {"input": text}.');
  }
}

function requestByHand(fn: AppFunction, input: string, url: URL): InvocationRequest {
  return {
    inputData: [{ name: fn.bindingName, data: inputByHand(fn, input, url) }],
    triggerMetadata: {},
    traceContext: startTrace(undefined, undefined),
  };
}

function inputByHand(fn: AppFunction, input: string, url: URL): TypedData {
  switch (fn.kind) {
    case "http":
      return {
        http: {
          method: fn.methods.includes("POST") ? "POST" : (fn.methods[0] ?? "POST"),
          url: new URL(`/${fn.route}`, url).href,
          nullableHeaders: { "content-type": { value: "application/json" } },
          nullableQuery: {},
          nullableParams: {},
          body: { bytes: Buffer.from(input) },
        },
      };
    case "service-bus":
      return bodyData(fn, [Buffer.from(input)]);
    case "timer":
      return timerInput({ status: undefined, isPastDue: false });
  }
}
