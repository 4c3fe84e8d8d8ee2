import type { AppFunction } from "./app-function.ts";
import type { Invoke } from "./invoke.ts";
import { describeError, type Log } from "./log.ts";
import type { Settings } from "./settings.ts";

/**
 * The host's own spans, as the real host sends them with `telemetryMode` OpenTelemetry: one around each invocation,
 * so that a trace that the app goes on with has no gap. Source: OTLP over HTTP in JSON,
 * https://opentelemetry.io/docs/specs/otlp/#otlphttp.
 */
export interface TraceExport {
  /** The same invocations, with a span around each. */
  around(invoke: Invoke): Invoke;
  /** Sends what is left. */
  stop(): Promise<void>;
}

const sendEveryMs = 1000;
const sendWithinMs = 2000;
/** More than this is dropped while the receiver is away. */
const maxWaiting = 2000;

/** Kinds of spans: internal, server and consumer (opentelemetry-proto, trace.proto). */
const kinds = { timer: 1, http: 2, "service-bus": 5 } as const;

type Span = object;

/** Spans go to `OTEL_EXPORTER_OTLP_ENDPOINT`; without it, or in another telemetry mode, there are none. */
export function createTraceExport(isOn: boolean, settings: Settings, log: Log): TraceExport {
  const endpoint = settings["OTEL_EXPORTER_OTLP_ENDPOINT"];
  if (!isOn || !endpoint) {
    return { around: (invoke) => invoke, stop: async () => {} };
  }
  const outbox = createOutbox(`${endpoint.replace(/\/+$/, "")}/v1/traces`, log);
  return {
    around: (invoke) => async (fn, request, invocationId) => {
      const startedAt = Date.now();
      let isError = true;
      try {
        const outcome = await invoke(fn, request, invocationId);
        isError = false;
        return outcome;
      } finally {
        const { traceParent, parentSpanId = "" } = request.traceContext;
        const [, traceId = "", spanId = ""] = traceParent.split("-");
        const ids = { traceId, spanId, parentSpanId };
        outbox.add(spanOf(fn, ids, { startedAt, endedAt: Date.now(), isError }));
      }
    },
    stop: outbox.stop,
  };
}

type Ids = { readonly traceId: string; readonly spanId: string; readonly parentSpanId: string };
type Course = { readonly startedAt: number; readonly endedAt: number; readonly isError: boolean };

function spanOf(fn: AppFunction, ids: Ids, { startedAt, endedAt, isError }: Course): Span {
  return {
    ...ids,
    name: `host ${fn.name}`,
    kind: kinds[fn.kind],
    startTimeUnixNano: `${startedAt}000000`,
    endTimeUnixNano: `${endedAt}000000`,
    attributes: [{ key: "faas.name", value: { stringValue: fn.name } }],
    status: isError ? { code: 2 } : {},
  };
}

/** Sends in batches, and drops what can't be sent: telemetry holds nothing up. */
function createOutbox(url: string, log: Log) {
  let waiting: Span[] = [];
  let isAway = false;
  const send = async () => {
    const spans = waiting.splice(0);
    if (spans.length === 0) {
      return;
    }
    try {
      const headers = { "content-type": "application/json" };
      const signal = AbortSignal.timeout(sendWithinMs);
      const answer = await fetch(url, { method: "POST", headers, body: bodyOf(spans), signal });
      await answer.body?.cancel();
      isAway = false;
    } catch (error) {
      if (!isAway) {
        log("warning", "Host.Telemetry", `no spans can be sent: ${describeError(error)}`);
      }
      isAway = true;
    }
  };
  const timer = setInterval(() => void send(), sendEveryMs).unref();
  return {
    add: (span: Span) => {
      waiting.push(span);
      waiting = waiting.slice(-maxWaiting);
    },
    stop: async () => {
      clearInterval(timer);
      await send();
    },
  };
}

function bodyOf(spans: readonly Span[]): string {
  const service = { key: "service.name", value: { stringValue: "functions-host" } };
  const scopeSpans = [{ scope: { name: "functions-host" }, spans }];
  return JSON.stringify({ resourceSpans: [{ resource: { attributes: [service] }, scopeSpans }] });
}
