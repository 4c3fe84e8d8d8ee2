import type { InvocationContext, PreInvocationContext } from "@azure/functions";
import { context, ROOT_CONTEXT, SpanStatusCode, trace } from "@opentelemetry/api";
import { parseTraceParent, traceParent } from "../shared/core/trace-parent.ts";
import { toAppError } from "../shared/errors.ts";

/** One span around each invocation, in the trace that the host names. */

const FAAS_TRIGGERS: Readonly<Record<string, string>> = {
  httpTrigger: "http",
  serviceBusTrigger: "pubsub",
  timerTrigger: "timer",
};

/**
 * A pre-invocation hook: runs the handler inside a span below the host's. The host tells its own span of the call,
 * message or tick, so that ours is internal. It has the function's name and no content of the call; a failure adds
 * its code (https://opentelemetry.io/docs/specs/semconv/faas/).
 */
export function traceInvocation(invocation: PreInvocationContext): void {
  const { invocationContext, functionHandler } = invocation;
  const { functionName } = invocationContext;
  const options = { attributes: attributesOf(invocationContext) };
  const parent = hostPlace(invocationContext);
  const tracer = trace.getTracer("studio-dsr");
  invocation.functionHandler = (input: unknown, called: InvocationContext) =>
    tracer.startActiveSpan(functionName, options, parent, async (span) => {
      try {
        return await functionHandler(input, called);
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        span.setAttribute("error.type", toAppError(error).code);
        throw error;
      } finally {
        span.end();
      }
    });
}

/** Says on the running invocation's span which step of which request it works on. */
export function traceStep(step: {
  readonly requestId: string;
  readonly step: string;
  readonly slice: string;
  readonly attempt: number;
}): void {
  trace.getActiveSpan()?.setAttributes({
    "studio_dsr.request.id": step.requestId,
    "studio_dsr.step": step.step,
    "studio_dsr.slice": step.slice,
    "studio_dsr.attempt": step.attempt,
  });
}

/** The trace that a submission begins or goes on with: the running span's, or else what the caller sent. */
export function submissionTrace(header: string | null): string | null {
  const active = trace.getSpanContext(context.active());
  if (active !== undefined) return traceParent(active);
  const place = parseTraceParent(header);
  return place === null ? null : traceParent(place);
}

function attributesOf({ invocationId, functionName, options }: InvocationContext) {
  return {
    "faas.name": functionName,
    "faas.invocation_id": invocationId,
    "faas.trigger": FAAS_TRIGGERS[options.trigger.type] ?? "other",
  };
}

function hostPlace({ traceContext }: InvocationContext) {
  const place = parseTraceParent(traceContext?.traceParent);
  return place === null
    ? ROOT_CONTEXT
    : trace.setSpanContext(ROOT_CONTEXT, { ...place, isRemote: true });
}
