import type { ErrorCode } from "../errors.ts";

/**
 * Our own stores being away, a call being over, or somebody else's turn is no fault of the work: it is never given
 * up for that.
 */
export const NO_FAULT: ReadonlySet<ErrorCode> = new Set([
  "time-up",
  "store-unavailable",
  "bus-unavailable",
  "erasure-running",
  "limit-reached",
  "workspace-busy",
  "deletions-capped",
]);
