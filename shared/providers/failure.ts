import { AppError, type ErrorCode } from "../errors.ts";
import { lowerKeys } from "./json.ts";

/** What decides about an answer that is no success. `body` is its text, whatever that may be. */
export type FailedAnswer = {
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  readonly body: string;
};

/**
 * The application's error for an answer that is no success. `notFound` is what 404 and 410 mean to the
 * caller. The message holds the status and the service's own code, nothing else of the answer.
 */
export function failureOf(answer: FailedAnswer, notFound: ErrorCode = "asset-not-found"): AppError {
  const { status, retryAfterMs } = answer;
  const serviceCode = errorCodeOf(answer.body);
  const message = `The source answered ${status}${serviceCode === null ? "" : ` (${serviceCode})`}`;
  return new AppError(
    codeOf(status, serviceCode, retryAfterMs, notFound),
    message,
    retryAfterMs === undefined ? {} : { retryAfterMs },
  );
}

/**
 * The service's own error code in an error body, or null. Studio, its management API and ARM answer with
 * `{"Error":{"Code"}}`, `{"error":{"code"}}` or the flat `{"code"}`, with plain text or with nothing
 * (https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/). Names are read in any case.
 * A code that is not a plain word is dropped: it could be anything.
 */
export function errorCodeOf(body: string): string | null {
  const outer = lowerKeys(parsed(body));
  const code = lowerKeys(outer["error"])["code"] ?? outer["code"];
  return typeof code === "string" && /^[A-Za-z][\w.-]{0,59}$/.test(code) ? code : null;
}

function codeOf(
  status: number,
  serviceCode: string | null,
  retryAfterMs: number | undefined,
  notFound: ErrorCode,
): ErrorCode {
  // The storage account of the workspace is gone, or its keys were changed without a resync.
  if (status === 500 && serviceCode === "AzureStorageError") return "workspace-unreadable";
  switch (status) {
    case 401:
    case 403:
      return "workspace-denied";
    case 404:
    case 410:
      return notFound;
    case 429:
      return "source-throttled";
    case 503:
      return retryAfterMs === undefined ? "source-unavailable" : "source-throttled";
    case 408:
    case 409: // A change by somebody else at the same time.
    case 440: // The service's own "session timed out".
      return "source-unavailable";
    default:
      return status >= 500 ? "source-unavailable" : "source-invalid";
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // Plain text and empty bodies are legal answers here.
    return null;
  }
}
