import {
  context,
  isSpanContextValid,
  type Link,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { parseTraceParent, traceParent } from "../core/trace-parent.ts";

/** How a trace goes over the bus. */

/** The application properties by which a message says where its trace goes on. */
export type TraceProperties = { readonly "Diagnostic-Id"?: string; readonly traceparent?: string };

/**
 * Sends inside a span of its own, and gives `send` what the messages have to carry: `traceparent`, and the same as
 * `Diagnostic-Id`, the name that the Functions host reads
 * (https://learn.microsoft.com/azure/service-bus-messaging/service-bus-end-to-end-tracing).
 *
 * The span belongs to the trace of the request, `requestTrace`, whoever sends: what the reconciler sends for a
 * request is in the request's trace, with a link to the reconciler's. Without an exporter there is no span, and the
 * messages carry `requestTrace` itself.
 */
export async function inSendSpan(
  entity: string,
  count: number,
  requestTrace: string | null,
  send: (properties: TraceProperties) => Promise<void>,
): Promise<void> {
  const { parent, links } = placeOf(requestTrace);
  const attributes = {
    "messaging.system": "servicebus",
    "messaging.operation.type": "send",
    "messaging.destination.name": entity,
    "messaging.batch.message_count": count,
  };
  const options = { kind: SpanKind.PRODUCER, attributes, links };
  const tracer = trace.getTracer("studio-dsr");
  await tracer.startActiveSpan(`send ${entity}`, options, parent, async (span) => {
    try {
      await send(propertiesOf(span.spanContext()));
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}

function placeOf(requestTrace: string | null) {
  const request = parseTraceParent(requestTrace);
  const active = trace.getSpanContext(context.active());
  if (request === null || request.traceId === active?.traceId) {
    return { parent: context.active(), links: [] };
  }
  const remote = { ...request, isRemote: true };
  const links: Link[] = active === undefined ? [] : [{ context: active }];
  return { parent: trace.setSpanContext(ROOT_CONTEXT, remote), links };
}

function propertiesOf(place: SpanContext): TraceProperties {
  if (!isSpanContextValid(place)) return {};
  const text = traceParent(place);
  return { "Diagnostic-Id": text, traceparent: text };
}
