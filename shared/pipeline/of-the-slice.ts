import type { ErrorCode } from "../errors.ts";

/** Failures that are not an asset's: of our own stores, of the claim, of the workspace or the request as a whole. */
export const OF_THE_SLICE: ReadonlySet<ErrorCode> = new Set([
  "store-conflict",
  "store-unavailable",
  "bus-unavailable",
  "time-up",
  "not-found",
  "package-corrupt",
  "workspace-locked",
  "workspace-denied",
  "guest-workspace-expired",
  "request-held",
  "deletions-stopped",
  "deletions-capped",
]);
