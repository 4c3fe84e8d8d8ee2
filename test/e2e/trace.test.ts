import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jsonBody, type LocalStack, localStack } from "../support/e2e/local-stack.ts";
import { type OtlpReceiver, otlpReceiver, type ReceivedSpan } from "../support/otlp-receiver.ts";

const CONTOSO =
  "/subscriptions/f52ca913-39ff-4bb4-89ea-a4ef9043fd2d/resourceGroups/contoso-ml-rg/providers/Microsoft.MachineLearning/workspaces/contoso-churn";
const CALLER = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };

let receiver: OtlpReceiver;
let local: LocalStack;
beforeAll(async () => {
  receiver = await otlpReceiver();
  local = await localStack({
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    MEASURE_SCHEDULE: "*/1 * * * * *",
  });
});
afterAll(async () => {
  await local[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
});

describe("the trace of an export", () => {
  let id: string;
  let spans: readonly ReceivedSpan[];
  beforeAll(async () => {
    id = await submitTraced(local);
    await local.until(id, ["completed"]);
    // What ends last comes last: the span of the seal, and the send of its event within it.
    await expect
      .poll(() => ofTrace(receiver).some((span) => span.name === "sealsStep"), { timeout: 30_000 })
      .toBe(true);
    spans = ofTrace(receiver);
  });

  it("is one tree, from the HTTP call to the seal", () => {
    const known = new Set(spans.map(({ spanId }) => spanId));
    const roots = spans.filter(({ parentSpanId }) => !known.has(parentSpanId));

    // The host has a span of its own around each call, which it does not export here.
    expect(roots.map(({ name }) => name)).toContain("submitRequest");
    expect(rootsWithoutHost(spans)).toEqual(["submitRequest"]);
    expect(names(spans)).toEqual(
      expect.arrayContaining([
        "submitRequest",
        "send plans",
        "plansStep",
        "send exports",
        "exportsStep",
        "send seals",
        "sealsStep",
        "send privacy-events",
      ]),
    );
  });
});

function ofTrace({ spans }: OtlpReceiver): readonly ReceivedSpan[] {
  return spans.filter(({ traceId }) => traceId === CALLER.traceId);
}

function names(spans: readonly ReceivedSpan[]): string[] {
  return [...new Set(spans.map(({ name }) => name))];
}

function rootsWithoutHost(spans: readonly ReceivedSpan[]): string[] {
  const known = new Set(spans.map(({ spanId }) => spanId));
  return spans.filter(({ parentSpanId }) => !known.has(parentSpanId)).map(({ name }) => name);
}

async function submitTraced({ api }: LocalStack): Promise<string> {
  const traceparent = `00-${CALLER.traceId}-${CALLER.spanId}-01`;
  const body = { kind: "export", scope: { workspace: CONTOSO } };
  const answer = await api("/api/privacy-requests", jsonBody(body, { traceparent }));
  return ((await answer.json()) as { id: string }).id;
}
