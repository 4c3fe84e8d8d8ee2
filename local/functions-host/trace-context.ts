import { randomUUID } from "node:crypto";
import type { TraceContext } from "./core-types.ts";

/**
 * A span of one invocation below `parent`, a W3C traceparent, or the first of a new trace when the
 * parent is missing or malformed. Source: W3C Trace Context, section 3.2.
 */
export function startTrace(parent: unknown, state: unknown): TraceContext {
  const match =
    typeof parent === "string" ? /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-/.exec(parent) : null;
  const traceId = match?.[1] ?? randomHex();
  return {
    traceParent: `00-${traceId}-${randomHex().slice(16)}-01`,
    traceState: match !== null && typeof state === "string" ? state : "",
    parentSpanId: match?.[2] ?? "",
    attributes: {},
  };
}

/** 32 digits. Node draws random bytes for many UUIDs at once, and for nothing else. */
function randomHex(): string {
  return randomUUID().replaceAll("-", "");
}
