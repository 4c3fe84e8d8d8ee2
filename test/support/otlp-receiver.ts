import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** A receiver of OTLP over HTTP in JSON (https://opentelemetry.io/docs/specs/otlp/#otlphttp): it keeps what comes. */

type Value = { stringValue?: string; intValue?: number | string; doubleValue?: number };
type Attribute = { key: string; value: Value };

/** A span as it came. `parentSpanId` is empty for the first of a trace. */
export type ReceivedSpan = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly events: readonly { readonly name: string; readonly text: string }[];
};

/** What was received so far. `raw` is the text of every body. */
export interface OtlpReceiver extends AsyncDisposable {
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  readonly metricNames: ReadonlySet<string>;
  readonly raw: readonly string[];
}

/** Starts a receiver on a free port of 127.0.0.1. */
export async function otlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const metricNames = new Set<string>();
  const raw: string[] = [];
  const take = async (request: IncomingMessage) => {
    const text = await bodyOf(request);
    raw.push(text);
    if (request.url === "/v1/traces") spans.push(...spansOf(text));
    if (request.url === "/v1/metrics") for (const name of metricsOf(text)) metricNames.add(name);
  };
  const server = createServer((request, response) => {
    take(request).then(
      () => response.setHeader("content-type", "application/json").end("{}"),
      () => response.writeHead(400).end(),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    metricNames,
    raw,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  return Buffer.concat(await request.toArray()).toString("utf8");
}

type TracesBody = {
  resourceSpans: {
    scopeSpans: {
      spans: (Omit<ReceivedSpan, "attributes" | "events" | "parentSpanId"> & {
        parentSpanId?: string;
        attributes?: Attribute[];
        events?: { name: string; attributes?: Attribute[] }[];
      })[];
    }[];
  }[];
};

function spansOf(text: string): ReceivedSpan[] {
  const { resourceSpans } = JSON.parse(text) as TracesBody;
  return resourceSpans
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
    .map((span) => ({
      ...span,
      parentSpanId: span.parentSpanId ?? "",
      attributes: valuesOf(span.attributes),
      events: (span.events ?? []).map(({ name, attributes }) => ({
        name,
        text: JSON.stringify(valuesOf(attributes)),
      })),
    }));
}

function metricsOf(text: string): string[] {
  const { resourceMetrics } = JSON.parse(text) as {
    resourceMetrics: { scopeMetrics: { metrics: { name: string }[] }[] }[];
  };
  return resourceMetrics
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))
    .map(({ name }) => name);
}

function valuesOf(attributes: readonly Attribute[] = []): Record<string, string | number> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? Number(value.intValue ?? value.doubleValue),
    ]),
  );
}
