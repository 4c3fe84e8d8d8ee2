import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jsonBody, type LocalStack, localStack } from "../support/e2e/local-stack.ts";
import { type OtlpReceiver, otlpReceiver, type ReceivedSpan } from "../support/otlp-receiver.ts";

const CONTOSO =
  "/subscriptions/f52ca913-39ff-4bb4-89ea-a4ef9043fd2d/resourceGroups/contoso-ml-rg/providers/Microsoft.MachineLearning/workspaces/contoso-churn";

let receiver: OtlpReceiver;
let local: LocalStack;
beforeAll(async () => {
  receiver = await otlpReceiver();
  local = await localStack({
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    MEASURE_SCHEDULE: "*/2 * * * * *",
  });
});
afterAll(async () => {
  await local[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
});

describe("the trace of an export", () => {
  it("is one tree, from the HTTP call to the seal", async () => {
    const { id, traceId } = await exported("0af7651916cd43dd8448eb211c80319c");
    const spans = await treeOf(traceId);

    const [root, ...rest] = spans.filter(({ parentSpanId }) => parentSpanId === CALLER_SPAN);
    expect([root?.name, rest]).toEqual(["host submitRequest", []]);
    expect(orphans(spans)).toEqual([]);
    expect(pathTo(spans, "sealsStep")).toEqual([
      "host submitRequest",
      "submitRequest",
      "send plans",
      "host plansStep",
      "plansStep",
      "send plans",
      "host plansStep",
      "plansStep",
      "send exports",
      "host exportsStep",
      "exportsStep",
      "send seals",
      "host sealsStep",
      "sealsStep",
    ]);
    const steps = spans.flatMap(({ attributes }) => attributes["studio_dsr.request.id"] ?? []);
    expect(new Set(steps)).toEqual(new Set([id]));
  });

  it("tells what happened on its way, and nothing of what is in the package", async () => {
    const { traceId } = await exported("1af7651916cd43dd8448eb211c80319c");
    const spans = await treeOf(traceId);

    const events = spans.flatMap((span) => span.events.map(({ text }) => text));
    expect(events).toContainEqual(expect.stringContaining('"to":"completed"'));
    const secrets = await secretsOfSource();
    const told = receiver.raw.join("\n");
    expect(secrets.length).toBeGreaterThan(5);
    expect(secrets.filter((secret) => told.includes(secret))).toEqual([]);
    for (const personal of ["contoso-churn", "US flights", "zipcodes", "@", "sig="]) {
      expect(told).not.toContain(personal);
    }
  });
});

describe("the metrics", () => {
  it("are sent at the latest when the app ends, with those that alerts are made of", async () => {
    await local.stack.stop();

    expect([...receiver.metricNames]).toEqual(
      expect.arrayContaining([
        "studio_dsr.events",
        "studio_dsr.exported.size",
        "studio_dsr.http.answers",
        "studio_dsr.message.age",
        "studio_dsr.outbox.depth",
        "studio_dsr.requests.oldest_age",
      ]),
    );
  });
});

const CALLER_SPAN = "b7ad6b7169203331";

/** Exports a workspace as part of the caller's trace, to its end. */
async function exported(traceId: string): Promise<{ id: string; traceId: string }> {
  const traceparent = `00-${traceId}-${CALLER_SPAN}-01`;
  const body = { kind: "export", scope: { workspace: CONTOSO } };
  const answer = await local.api("/api/privacy-requests", jsonBody(body, { traceparent }));
  const { id } = (await answer.json()) as { id: string };
  await local.until(id, ["completed"]);
  return { id, traceId };
}

/** The spans of the trace, once all that belong to it have come: each batch may be sent before its parent's. */
async function treeOf(traceId: string): Promise<readonly ReceivedSpan[]> {
  const all = () => receiver.spans.filter((span) => span.traceId === traceId);
  const isWhole = () =>
    orphans(all()).length === 0 && all().some(({ name }) => name === "host sealsStep");
  await expect.poll(isWhole, { timeout: 60_000 }).toBe(true);
  return all();
}

function orphans(spans: readonly ReceivedSpan[]): string[] {
  const known = new Set([CALLER_SPAN, ...spans.map(({ spanId }) => spanId)]);
  return spans.filter(({ parentSpanId }) => !known.has(parentSpanId)).map(({ name }) => name);
}

/** The names from the root to the first span of that name. */
function pathTo(spans: readonly ReceivedSpan[], name: string): string[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const path: string[] = [];
  let span = spans.find((one) => one.name === name);
  while (span !== undefined) {
    path.unshift(span.name);
    span = byId.get(span.parentSpanId);
  }
  return path;
}

async function secretsOfSource(): Promise<string[]> {
  const answer = await fetch(`${local.stack.urls.control}/control/workspaces/S1/secrets`);
  return Object.values((await answer.json()) as Record<string, string[]>).flat();
}
