import { addMs } from "../../core/time.ts";
import { AppError } from "../../errors.ts";
import type { Erasure } from "../../pipeline/ports.ts";
import { errorCodeOf } from "../failure.ts";
import { lowerKeys } from "../json.ts";
import type { ArmCalls } from "./calls.ts";
import { type ArmAnswer, armFailure } from "./sender.ts";

/**
 * Long-running deletions, by every form that ARM has for them
 * (https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations). An operation is stored as
 * text: its form, when it began, and the URL to ask, which is none for `resource`.
 */
type Operation = {
  readonly form: "status" | "result" | "resource";
  readonly since: string;
  readonly url: string;
};

/** What a look at the resource itself says: it is there, it is gone, or another one is in its place. */
export type Presence = "there" | "gone" | "another";

/** An operation that runs for longer than this will not end. */
const MAX_AGE_MS = 24 * 60 * 60 * 1000;
const MIN_ASKED_MS = 1_000;
const MIN_PAUSE_MS = 5_000;
const MAX_PAUSE_MS = 60_000;

/** We were not heard: the token, a right, a time-out, too many calls. It says nothing of the operation. */
const NOT_ANSWERED: ReadonlySet<number> = new Set([401, 403, 408, 429]);
const SUCCEEDED: ReadonlySet<string> = new Set(["succeeded"]);
const FAILED: ReadonlySet<string> = new Set(["failed", "canceled", "cancelled"]);
/** States in which it is not worth a call to look whether the resource is gone. */
const GOING_ON: ReadonlySet<string> = new Set(["accepted", "running", "inprogress", "deleting"]);

/**
 * The operation that an accepted DELETE began. A URL to ask that is not ARM's own is not used, since our token would
 * go there: the resource itself is asked then.
 */
export function operationOf(answer: ArmAnswer, origin: string, now: string): Erasure {
  const status = ownUrl(answer.header("azure-asyncoperation"), origin);
  const result = ownUrl(answer.header("location"), origin);
  const operation: Operation =
    status !== null
      ? { form: "status", since: now, url: status.href }
      : result !== null
        ? { form: "result", since: now, url: result.href }
        : { form: "resource", since: now, url: "" };
  return running(operation, now, answer.retryAfterMs);
}

/**
 * Asks about a stored operation. `look` looks at the resource. `failed` makes the error of a deletion that failed.
 * Throws `outbound-refused` for one whose URL is not ARM's own, `source-invalid` for one that does not end.
 */
export async function pollOperation(
  text: string,
  parts: {
    readonly calls: ArmCalls;
    readonly now: string;
    readonly look: () => Promise<Presence>;
    readonly failed: (answer: ArmAnswer) => Promise<AppError>;
  },
): Promise<Erasure> {
  const operation = parsed(text, parts.calls.origin);
  const outcome = await ask(operation, parts).catch((error: unknown) => {
    // The deletion goes on while we cannot ask about it.
    if (!(error instanceof AppError) || !error.isRetryable) throw error;
    return running(operation, parts.now, error.retryAfterMs);
  });
  if (outcome instanceof AppError) throw outcome;
  return outcome;
}

type Parts = Parameters<typeof pollOperation>[1];

/** What became of it, or why it ended without success. */
type Outcome = Erasure | AppError;

async function ask(operation: Operation, parts: Parts): Promise<Outcome> {
  const { calls, now, look } = parts;
  if (addMs(operation.since, MAX_AGE_MS) <= now) {
    if ((await look()) !== "there") return { is: "claimed" };
    throw new AppError("source-invalid", "ARM's deletion did not end within a day");
  }
  if (operation.form === "resource") {
    return (await look()) === "there" ? running(operation, now) : { is: "claimed" };
  }
  const answer = await calls.get(new URL(operation.url));
  if (answer.status >= 500 || NOT_ANSWERED.has(answer.status)) {
    throw armFailure(answer, "asset-not-found");
  }
  if (answer.status === 404 || answer.status === 410) return lost(operation, parts);
  if (answer.status >= 400) return ended(answer, parts);
  return operation.form === "status"
    ? byStatus(operation, answer, parts)
    : byResult(operation, answer, parts);
}

async function byStatus(operation: Operation, answer: ArmAnswer, parts: Parts): Promise<Outcome> {
  const status = statusOf(answer.body);
  if (SUCCEEDED.has(status)) return { is: "claimed" };
  if (FAILED.has(status)) return ended(answer, parts);
  if (!GOING_ON.has(status) && (await parts.look()) !== "there") return { is: "claimed" };
  return running(operation, parts.now, answer.retryAfterMs);
}

function byResult(operation: Operation, answer: ArmAnswer, { calls, now }: Parts): Erasure {
  if (answer.status !== 202) return { is: "claimed" };
  const moved = ownUrl(answer.header("location"), calls.origin);
  const next = moved === null ? operation : { ...operation, url: moved.href };
  return running(next, now, answer.retryAfterMs);
}

/** ARM knows nothing of the operation any more; the resource itself tells what became of it. */
async function lost(operation: Operation, { now, look }: Parts): Promise<Erasure> {
  if ((await look()) !== "there") return { is: "claimed" };
  return running({ ...operation, form: "resource", url: "" }, now);
}

/** The operation ended without success; the resource may be gone all the same. */
async function ended(answer: ArmAnswer, { look, failed }: Parts): Promise<Outcome> {
  return (await look()) === "there" ? failed(answer) : { is: "claimed" };
}

/**
 * The state of an operation, in lower case; Microsoft.MachineLearning calls it `provisioningState`. Empty when there
 * is none.
 */
function statusOf(body: string): string {
  const { status, provisioningstate } = lowerKeys(jsonOf(body));
  const state = status ?? provisioningstate;
  return typeof state === "string" ? state.toLowerCase() : "";
}

/** The service's code in the body of an operation that failed, or null. */
export function operationErrorCode(body: string): string | null {
  const info = lowerKeys(lowerKeys(jsonOf(body))["errorinfo"])["code"];
  return errorCodeOf(JSON.stringify({ code: info })) ?? errorCodeOf(body);
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // An answer without a state is read as one that goes on.
    return null;
  }
}

function running(operation: Operation, now: string, askedMs?: number): Erasure {
  const ageMs = Date.parse(now) - Date.parse(operation.since);
  const retryAfterMs =
    askedMs === undefined
      ? Math.min(Math.max(ageMs / 2, MIN_PAUSE_MS), MAX_PAUSE_MS)
      : Math.max(askedMs, MIN_ASKED_MS);
  const { form, since, url } = operation;
  return { is: "running", operation: `${form} ${since} ${url}`.trim(), retryAfterMs };
}

function parsed(text: string, origin: string): Operation {
  const [form = "", since = "", url = ""] = text.split(" ");
  const isForm = form === "status" || form === "result" || form === "resource";
  const isKnown = isForm && !Number.isNaN(Date.parse(since));
  if (isKnown && form === "resource") return { form, since, url: "" };
  if (isKnown && ownUrl(url, origin) !== null) return { form, since, url };
  throw new AppError("outbound-refused", "The operation to ask about is not ARM's own");
}

/** The URL, if it is one of ARM's own origin and of a place there where operations are. */
function ownUrl(text: string | null, origin: string): URL | null {
  const url = URL.parse(text ?? "");
  const isOwn = url?.origin === origin && url.username === "" && url.password === "";
  return isOwn && /^\/(subscriptions|providers)\//i.test(url.pathname) ? url : null;
}
