import type { PrivacyRequest } from "./request.ts";
import { addMs } from "./time.ts";

/** How long what a request has gathered is kept. */

/** The clocks of links, of workers and of the purge may differ by so much: nothing is removed earlier. */
export const PURGE_WAIT_MS = 5 * 60_000;

/** How long packages are kept, those with data of a guest workspace, and the personal data of requests. */
export type Retention = {
  readonly retentionMs: number;
  readonly guestRetentionMs: number;
  readonly requestDataMs: number;
};

/** Whether the request has gathered data of a guest workspace. */
export function holdsGuestData({ plan }: Pick<PrivacyRequest, "plan">): boolean {
  return plan?.workspaces.some(({ accountType }) => accountType === "guest") ?? false;
}

/** When the time of what a request has gathered is over, if it ends at `at`. */
export function purgeAtOf(
  request: Pick<PrivacyRequest, "plan">,
  at: string,
  { retentionMs, guestRetentionMs }: Retention,
): string {
  const isGuest = holdsGuestData(request);
  return addMs(at, isGuest ? Math.min(guestRetentionMs, retentionMs) : retentionMs);
}

/**
 * When the personal data in the row of a request that has ended goes: never before its package, and with it for a
 * guest workspace.
 */
export function eraseAtOf(
  request: Pick<PrivacyRequest, "plan" | "purgeAt" | "finishedAt" | "updatedAt">,
  { requestDataMs }: Pick<Retention, "requestDataMs">,
): string {
  const { finishedAt, updatedAt, purgeAt } = request;
  const endedAt = finishedAt ?? updatedAt;
  if (holdsGuestData(request)) return purgeAt ?? endedAt;
  const at = addMs(endedAt, requestDataMs);
  return purgeAt !== null && purgeAt > at ? purgeAt : at;
}
