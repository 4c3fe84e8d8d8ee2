/**
 * The one error of the application: a closed set of codes, each with its HTTP status, its title and
 * whether trying again can help.
 */

type Rule = { readonly status: number; readonly retry: boolean; readonly title: string };

const terminal = (status: number, title: string): Rule => ({ status, retry: false, title });
const retryable = (status: number, title: string): Rule => ({ status, retry: true, title });

/** Every code with what it means. `status` is what HTTP callers get; `retry` decides redelivery. */
export const ERROR_RULES = {
  // The caller can mend these.
  "validation-failed": terminal(400, "The request is not valid"),
  unauthenticated: terminal(401, "A valid bearer token is needed"),
  forbidden: terminal(403, "The caller may not do this"),
  "not-found": terminal(404, "There is no such thing"),
  "state-conflict": terminal(409, "The request's state does not allow this"),
  "plan-stale": terminal(409, "The plan has changed since it was read"),
  "receipt-not-ready": terminal(409, "The receipt is not there yet"),
  "package-not-ready": terminal(409, "The package is not sealed yet"),
  "package-purged": terminal(410, "The package was purged"),
  "body-too-slow": terminal(408, "The body took too long to arrive"),
  "body-too-large": terminal(413, "The body is too large"),
  "media-type-unsupported": terminal(415, "The body must be application/json"),
  "idempotency-conflict": terminal(422, "The idempotency key was used with another body"),
  "not-supported": terminal(422, "This kind of request is not supported"),
  "workspace-being-deleted": terminal(409, "The workspace is being deleted"),
  // A person has to say that a deletion may go on.
  "request-held": terminal(409, "The request is held"),
  "deletions-stopped": terminal(409, "All deletions are stopped"),
  // The workspace or its service says no.
  "workspace-not-found": terminal(404, "The workspace was not found"),
  "workspace-denied": terminal(403, "The workspace refused our credentials"),
  "workspace-locked": terminal(409, "A resource lock blocks the workspace"),
  "workspace-unreadable": terminal(502, "The workspace's storage cannot be read"),
  "guest-workspace-expired": terminal(410, "The guest workspace has reached its end"),
  "asset-not-found": terminal(404, "The asset is gone at its source"),
  "source-invalid": terminal(502, "The source gave an answer that cannot be understood"),
  "outbound-refused": terminal(502, "The address is not on the list of allowed hosts"),
  // Trying again can help.
  "source-unavailable": retryable(503, "The source is not available"),
  "source-throttled": retryable(503, "The source asks to slow down"),
  "source-truncated": retryable(502, "The source ended a download early"),
  "erasure-running": retryable(503, "The service has not finished deleting"),
  "limit-reached": retryable(503, "A limit on calls is used up for now"),
  "workspace-busy": retryable(503, "The workspace is part of other work that goes first"),
  "deletions-capped": retryable(503, "This hour's number of deletions is used up"),
  "store-conflict": retryable(409, "Somebody else changed the record"),
  "store-unavailable": retryable(503, "The store is not available"),
  "bus-unavailable": retryable(503, "The message bus is not available"),
  "time-up": retryable(503, "The step used up its time and goes on in another call"),
  // Ours to mend.
  "gave-up": terminal(500, "The request was given up after too many tries"),
  "message-invalid": terminal(400, "The message cannot be understood"),
  "package-corrupt": terminal(500, "The stored package does not match its record"),
  internal: retryable(500, "An unforeseen error"),
} as const satisfies Record<string, Rule>;

/** A code from the closed set. */
export type ErrorCode = keyof typeof ERROR_RULES;

/** One thing wrong with an input: where (a JSON pointer) and what. Never repeats the value. */
export type Finding = { readonly pointer: string; readonly detail: string };

type Options = {
  readonly cause?: unknown;
  readonly findings?: readonly Finding[];
  readonly retryAfterMs?: number;
};

/**
 * An expected failure. `message` is for people and names the thing and the fact, never personal data,
 * tokens, keys or links; `findings` lists everything wrong with an input at once; `retryAfterMs` is the
 * wait that the other side asked for.
 */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  readonly findings: readonly Finding[];
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, options: Options = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.findings = options.findings ?? [];
    this.retryAfterMs = options.retryAfterMs;
  }

  /** Whether the same call may succeed later. */
  get isRetryable(): boolean {
    return ERROR_RULES[this.code].retry;
  }
}

/** The error as an `AppError`; anything unforeseen becomes `internal` and keeps the original as cause. */
export function toAppError(error: unknown): AppError {
  return error instanceof AppError
    ? error
    : new AppError("internal", "An unforeseen error occurred", { cause: error });
}

/** Whether `error` is an `AppError` with that code. */
export function isCode(error: unknown, code: ErrorCode): error is AppError {
  return error instanceof AppError && error.code === code;
}
