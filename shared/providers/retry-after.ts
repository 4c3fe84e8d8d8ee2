/** The longest wait that another service can ask of us. */
export const MAX_RETRY_AFTER_MS = 15 * 60 * 1000;

const DAY_NAME = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/;

/**
 * The wait in milliseconds that a `Retry-After` header asks for, at most 15 minutes: whole seconds, or a
 * date in any of the three forms of HTTP (RFC 9110, 5.6.7 and 10.2.3). A date that has passed gives 0;
 * no header, or one that is neither, gives undefined. `now` is an ISO 8601 instant.
 */
export function parseRetryAfter(header: string | null, now: string): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, MAX_RETRY_AFTER_MS);
  if (!DAY_NAME.test(text)) return undefined;
  // The asctime form names no zone; HTTP dates are always in GMT.
  const dateMs = Date.parse(text.endsWith("GMT") ? text : `${text} GMT`);
  if (Number.isNaN(dateMs)) return undefined;
  return Math.min(Math.max(dateMs - Date.parse(now), 0), MAX_RETRY_AFTER_MS);
}
