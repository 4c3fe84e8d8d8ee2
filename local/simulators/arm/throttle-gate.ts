import type { Throttle } from "../control/throttle.ts";
import type { Reply } from "../http/reply.ts";
import type { SimulatorRequest } from "../http/simulator-request.ts";
import type { ArmContext } from "./arm-context.ts";
import { armError } from "./arm-errors.ts";

/** Lets calls through or refuses them with 429, as the switch `armThrottle` says. */
export interface ThrottleGate {
  /** A refusal, or null; `headers` tell how much is left and belong on the good answer. */
  pass(request: SimulatorRequest): {
    readonly refusal: Reply | null;
    readonly headers: Readonly<Record<string, string>>;
  };
}

type Bucket = { tokens: number; filledAtMs: number };

/** Counts calls and keeps the buckets; another position of the switch begins anew. */
export function createThrottleGate(context: ArmContext): ThrottleGate {
  const { switches, clock } = context;
  let throttle: Throttle | null = null;
  let calls = 0;
  let buckets = new Map<string, Bucket>();
  const refuse = (waitMs: number, form: "seconds" | "http-date"): Reply => {
    const message = "Number of requests exceeded the limit. Please try again after the time told.";
    const reply = armError(429, "SubscriptionRequestsThrottled", message, switches);
    const seconds = Math.ceil(waitMs / 1000);
    // A date has whole seconds: one more, so that it is never too early.
    const date = new Date(clock.now() + (seconds + 1) * 1000).toUTCString();
    const value = form === "seconds" ? String(seconds) : date;
    return { ...reply, headers: { ...reply.headers, "Retry-After": value } };
  };
  return {
    pass: (request) => {
      const asked = switches.current.armThrottle;
      if (JSON.stringify(asked) !== JSON.stringify(throttle)) {
        throttle = asked;
        calls = 0;
        buckets = new Map();
      }
      if (throttle === null) return { refusal: null, headers: {} };
      if (throttle.mode === "every-nth") {
        calls += 1;
        const isDue = calls % throttle.nth === 0;
        const waitMs = throttle.retryAfterSeconds * 1000;
        return { refusal: isDue ? refuse(waitMs, throttle.retryAfterForm) : null, headers: {} };
      }
      const kind = kindOf(request.method);
      const key = `${request.segments[1] ?? ""}:${kind}`.toLowerCase();
      const bucket = filled(buckets.get(key), throttle, clock.now());
      buckets.set(key, bucket);
      if (bucket.tokens < 1) {
        const waitMs = ((1 - bucket.tokens) / throttle.refillPerSecond) * 1000;
        return { refusal: refuse(waitMs, throttle.retryAfterForm), headers: {} };
      }
      bucket.tokens -= 1;
      const name = `x-ms-ratelimit-remaining-subscription-${kind}`;
      return { refusal: null, headers: { [name]: String(Math.floor(bucket.tokens)) } };
    },
  };
}

function kindOf(method: string): "reads" | "writes" | "deletes" {
  if (method === "GET" || method === "HEAD") return "reads";
  return method === "DELETE" ? "deletes" : "writes";
}

function filled(
  bucket: Bucket | undefined,
  { capacity, refillPerSecond }: Extract<Throttle, { mode: "bucket" }>,
  nowMs: number,
): Bucket {
  if (bucket === undefined) return { tokens: capacity, filledAtMs: nowMs };
  const more = ((nowMs - bucket.filledAtMs) / 1000) * refillPerSecond;
  return { tokens: Math.min(capacity, bucket.tokens + more), filledAtMs: nowMs };
}
