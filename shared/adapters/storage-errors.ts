import { AppError, type ErrorCode, isCode } from "../errors.ts";

/** What the storage, table and vault clients throw (`RestError`), as far as it is used here. */
type Answer = {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly statusCode?: unknown;
  readonly response?: { readonly headers?: { get(name: string): string | undefined } };
};

/** A code that the service or the socket gives: letters only, so that nothing else can travel in it. */
const CODE = /^[A-Za-z_]{1,60}$/;

/** The services are there, but the resource is being made or removed: ask again later. */
const PASSING = new Set(["ContainerBeingDeleted", "TableBeingDeleted", "ContainerBeingDisabled"]);

/** Errors of `@azure/identity`: there was no token, or Entra refused one, so the store was never asked. */
const WITHOUT_TOKEN = /^(CredentialUnavailable|(Aggregate)?Authentication)(Required)?Error$/;

/**
 * An error of a storage call as an `AppError`: 409 and 412 become `store-conflict`, 404 `not-found`; 401,
 * 403, 408, 429, 5xx and a broken connection `store-unavailable` with the wait that was asked for; all
 * else `internal`. A token that is missing or was refused is `store-unavailable` too, and said. The message
 * names the call, the status and the service's code (list:
 * https://learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes) and repeats nothing of
 * what was sent or received, which is why the original is not kept as the cause.
 */
export function storageError(error: unknown, call: string): AppError {
  if (error instanceof AppError) return error;
  const answer: Answer = typeof error === "object" && error !== null ? error : {};
  if (isWithoutToken(answer)) {
    return new AppError("store-unavailable", `${call} failed: no access token could be had`);
  }
  const status = typeof answer.statusCode === "number" ? answer.statusCode : null;
  const code = storageCode(error);
  if (status === null && !isOutage(answer)) {
    return new AppError("internal", `${call} failed`, { cause: error });
  }
  const facts = [status, code].filter((fact) => fact !== null).join(" ") || "no answer";
  const retryAfterMs = askedWaitMs(answer);
  return new AppError(
    codeOf(status, code),
    `${call} failed: ${facts}`,
    retryAfterMs === undefined ? {} : { retryAfterMs },
  );
}

/** The service's own code of a failed call ("BlobAlreadyExists", "ECONNREFUSED"), or null. */
export function storageCode(error: unknown): string | null {
  if (typeof error !== "object" || error === null || !("code" in error)) return null;
  return typeof error.code === "string" && CODE.test(error.code) ? error.code : null;
}

/** The answer of a call whose errors are ours already; null when it throws `not-found`. */
export async function ifThere<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (isCode(error, "not-found")) return null;
    throw error;
  }
}

function codeOf(status: number | null, code: string | null): ErrorCode {
  if (code !== null && PASSING.has(code)) return "store-unavailable";
  switch (status) {
    case 404:
      return "not-found";
    case 409:
    case 412:
      return "store-conflict";
    case null:
    case 401:
    case 403:
    case 408:
    case 429:
      return "store-unavailable";
    default:
      return status >= 500 ? "store-unavailable" : "internal";
  }
}

function isWithoutToken({ name }: Answer): boolean {
  return typeof name === "string" && WITHOUT_TOKEN.test(name);
}

/** Whether an error without a status means that the request did not come through. */
function isOutage({ name, code }: Answer): boolean {
  if (name === "RestError" || name === "AbortError") return true;
  return typeof code === "string" && /^E[A-Z]{3,}$/.test(code);
}

/** Azure Storage gives `Retry-After` in seconds. */
function askedWaitMs({ response }: Answer): number | undefined {
  const seconds = response?.headers?.get("retry-after");
  return seconds !== undefined && /^\d{1,6}$/.test(seconds) ? Number(seconds) * 1000 : undefined;
}

/** Runs a call of a storage or vault client, and maps what it throws as `storageError` does. */
export async function storageCall<T>(name: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw storageError(error, name);
  }
}
