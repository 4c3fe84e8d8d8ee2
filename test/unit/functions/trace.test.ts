import { InvocationContext, PreInvocationContext } from "@azure/functions";
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { submissionTrace, traceInvocation, traceStep } from "../../../functions/trace.ts";
import { inSendSpan, type TraceProperties } from "../../../shared/adapters/bus-trace.ts";
import { AppError } from "../../../shared/errors.ts";

const HOST = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const REQUEST = "00-1bf7651916cd43dd8448eb211c80319c-c7ad6b7169203331-01";

const exporter = new InMemorySpanExporter();
beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
  );
});
afterEach(() => exporter.reset());

/** Runs a handler as the host does, with the hook before it. */
async function invoke(handler: () => Promise<unknown>, traceParent = HOST): Promise<unknown> {
  const invocationContext = new InvocationContext({
    functionName: "exportsStep",
    traceContext: { traceParent },
    options: { trigger: { type: "serviceBusTrigger", name: "m" } },
  });
  const invocation = new PreInvocationContext({
    invocationContext,
    functionCallback: handler,
    inputs: [],
  });
  traceInvocation(invocation);
  return invocation.functionHandler(undefined, invocationContext);
}

describe("an invocation", () => {
  it("is a span below the host's, with the step it worked on", async () => {
    const requestId = "f".repeat(32);

    await invoke(async () => traceStep({ requestId, step: "export", slice: "s", attempt: 2 }));

    const [span] = exporter.getFinishedSpans();
    expect(span?.name).toBe("exportsStep");
    expect(span?.parentSpanContext).toMatchObject({ spanId: "b7ad6b7169203331" });
    expect(span?.attributes).toMatchObject({
      "faas.trigger": "pubsub",
      "studio_dsr.request.id": requestId,
      "studio_dsr.attempt": 2,
    });
  });

  it("that fails says its code, and nothing of its message", async () => {
    const failing = invoke(async () => {
      throw new AppError("store-unavailable", "maja@example.com");
    });

    await expect(failing).rejects.toThrow("maja@example.com");
    const [span] = exporter.getFinishedSpans();
    expect(span?.attributes["error.type"]).toBe("store-unavailable");
    expect(JSON.stringify([span?.status, span?.attributes, span?.events])).not.toContain("maja");
  });

  it("begins a trace when the host names none", async () => {
    await invoke(async () => {}, "nonsense");

    expect(exporter.getFinishedSpans()[0]?.parentSpanContext).toBeUndefined();
  });
});

describe("a message", () => {
  const send = async (requestTrace: string | null): Promise<TraceProperties> => {
    const sent: TraceProperties[] = [];
    await inSendSpan("exports", 1, requestTrace, async (properties) => void sent.push(properties));
    return sent[0] ?? {};
  };

  it("carries the span it was sent in, under both names", async () => {
    const properties = await send(REQUEST);

    const [span] = exporter.getFinishedSpans();
    const { traceId = "", spanId = "" } = span?.spanContext() ?? {};
    expect(properties).toEqual({
      "Diagnostic-Id": `00-${traceId}-${spanId}-01`,
      traceparent: `00-${traceId}-${spanId}-01`,
    });
  });

  it("that the reconciler sends is in the request's trace, with a link to the reconciler's", async () => {
    await invoke(() => send(REQUEST));

    const [span] = exporter.getFinishedSpans();
    expect(span?.parentSpanContext).toMatchObject({ spanId: "c7ad6b7169203331" });
    expect(span?.links.map(({ context: { traceId } }) => traceId)).toEqual([HOST.split("-")[1]]);
  });

  it("that a step of the request sends is below that step", async () => {
    await invoke(() => send(REQUEST), REQUEST);

    const [sent, step] = exporter.getFinishedSpans();
    expect(sent?.parentSpanContext?.spanId).toBe(step?.spanContext().spanId);
    expect(sent?.links).toEqual([]);
  });
});

describe("the trace of a submission", () => {
  it("is the running span's, or else the caller's when it is one", async () => {
    const within: (string | null)[] = [];
    await invoke(async () => void within.push(submissionTrace(REQUEST)));

    expect(within[0]).toContain(HOST.split("-")[1]);
    expect(submissionTrace(REQUEST)).toBe(REQUEST);
    expect(submissionTrace("nonsense")).toBeNull();
    expect(submissionTrace(`00-${"0".repeat(32)}-c7ad6b7169203331-01`)).toBeNull();
  });
});
