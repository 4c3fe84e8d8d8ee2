import { AppError } from "../../errors.ts";
import type { Limiter } from "../../pipeline/ports.ts";
import type { ArmAnswer, ArmCall, ArmSender } from "./sender.ts";

/**
 * Calls to ARM that stay within what it allows: a bucket of tokens for reads, one for deletes, per subscription and
 * principal (https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling).
 */
export interface ArmCalls {
  readonly origin: string;
  /**
   * Takes the tokens for these calls, all or none. Throws `source-throttled` with the time to wait when there is none.
   */
  admit(url: URL, ...methods: Method[]): Promise<void>;
  /** Makes a call whose token was taken, and heeds what the answer tells of the bucket. Throws as `ArmSender.send`. */
  send(call: ArmCall & { readonly method: Method }): Promise<ArmAnswer>;
  /** Takes a token and gets. */
  get(url: URL): Promise<ArmAnswer>;
}

type Method = "GET" | "DELETE";

const BUCKETS = { GET: "reads", DELETE: "deletes" } as const;

/** How long a bucket is left alone that is empty, when ARM does not say. */
const THROTTLED_MS = 10_000;
const USED_UP_MS = 1_000;

/** The calls of `principal`, a name that is the same for all workers with its identity. */
export function createArmCalls(parts: {
  readonly sender: ArmSender;
  readonly limiter: Limiter;
  readonly principal: string;
}): ArmCalls {
  const { sender, limiter, principal } = parts;
  const calls: ArmCalls = {
    origin: sender.origin,
    async admit(url, ...methods) {
      const buckets = methods.map((method) => bucketOf(method, url, principal));
      const retryAfterMs = await limiter.take(buckets);
      if (retryAfterMs === 0) return;
      throw new AppError("source-throttled", "ARM's limit is used up", { retryAfterMs });
    },
    async send(call) {
      const answer = await sender.send(call);
      const forMs = emptyForMs(answer, call.method);
      if (forMs > 0) await limiter.empty(bucketOf(call.method, call.url, principal), forMs);
      return answer;
    },
    async get(url) {
      await calls.admit(url, "GET");
      return calls.send({ method: "GET", url });
    },
  };
  return calls;
}

/** The name of a bucket: what it counts comes first, as `bucketKind` reads it. */
function bucketOf(method: Method, { pathname }: URL, principal: string): string {
  const subscription = /^\/subscriptions\/([0-9a-z-]+)/i.exec(pathname)?.[1] ?? "tenant";
  return `arm-${BUCKETS[method]}:${subscription.toLowerCase()}:${principal}`;
}

/** What the bucket of that name counts. */
export function bucketKind(bucket: string): "reads" | "deletes" {
  return bucket.startsWith("arm-deletes:") ? "deletes" : "reads";
}

function emptyForMs(answer: ArmAnswer, method: Method): number {
  if (answer.status === 429) return answer.retryAfterMs ?? THROTTLED_MS;
  const left = answer.header(`x-ms-ratelimit-remaining-subscription-${BUCKETS[method]}`);
  return left === "0" ? USED_UP_MS : 0;
}
