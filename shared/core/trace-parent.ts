/** A place in a trace as text (https://www.w3.org/TR/trace-context/#traceparent-header). */

/** The ids of a span: 32 and 16 hex digits. `traceFlags` has bit 0 set when the trace is recorded. */
export type TracePlace = {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
};

const FORM = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** The place that a `traceparent` names, or null when it is none. */
export function parseTraceParent(text: unknown): TracePlace | null {
  const [, traceId, spanId, flags] = (typeof text === "string" && FORM.exec(text)) || [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return null;
  // Ids of zeros are not valid (sections 3.2.2.3 and 3.2.2.4).
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return null;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) };
}

/** A place as a `traceparent` of version 00. */
export function traceParent({ traceId, spanId, traceFlags }: TracePlace): string {
  return `00-${traceId}-${spanId}-${(traceFlags & 1).toString(16).padStart(2, "0")}`;
}
