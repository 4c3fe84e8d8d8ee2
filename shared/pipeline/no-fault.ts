import type { ErrorCode } from "../errors.ts";

/** Our own stores being away, or a call being over, is no fault of the work: it is never given up for that. */
export const NO_FAULT: ReadonlySet<ErrorCode> = new Set([
  "time-up",
  "store-unavailable",
  "bus-unavailable",
]);
