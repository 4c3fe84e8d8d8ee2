import type { Caller } from "../core/caller.ts";
import { mayManage, type Registration } from "../core/registration.ts";
import { addMs } from "../core/time.ts";
import { isCode } from "../errors.ts";
import {
  despiteConflicts,
  noSuchRegistration,
  purgeStale,
  type RegistrationStage,
} from "./registrations.ts";

/** Removing registrations, and what a crash left of them. */

/**
 * Removes the registration of a workspace and purges its token. Throws `not-found` when there is none that the
 * caller may know of, `store-unavailable`, `store-conflict`. What a call that failed has begun, the next one
 * goes on with.
 */
export async function removeWorkspace(
  stage: RegistrationStage,
  caller: Caller,
  workspaceId: string,
): Promise<void> {
  const mayRemove = (registration: Registration) => mayManage(caller, registration);
  if (!(await forgetWorkspace(stage, workspaceId, mayRemove))) throw noSuchRegistration();
}

/**
 * Removes the registration of a workspace and purges its token, if there is one and `mayRemove` agrees. Returns
 * whether it did. Throws `store-unavailable`, `store-conflict`.
 */
export async function forgetWorkspace(
  stage: Pick<RegistrationStage, "registry" | "vault" | "clock" | "telemetry">,
  workspaceId: string,
  mayRemove: (registration: Registration) => boolean,
): Promise<boolean> {
  const { registry, clock, telemetry } = stage;
  const removed = await despiteConflicts(async () => {
    const stored = await registry.load(workspaceId);
    if (stored === null || !mayRemove(stored.value)) return null;
    const { secretName, stale } = stored.value;
    const names = secretName === null ? stale : [...stale, secretName];
    const value = { ...stored.value, secretName: null, stale: names, changedAt: clock.now() };
    return { value, version: await registry.save(value, stored.version) };
  });
  if (removed === null) return false;
  await purgeStale(stage, removed);
  telemetry.workspaceRemoved({ workspaceId });
  return true;
}

/** No call that changes a registration takes longer. */
const LONGEST_CALL_MS = 10 * 60 * 1000;

/**
 * Purges the tokens that calls which did not end have left behind. One that fails keeps none of the others; then it
 * throws `store-unavailable`, and the next run comes back to it.
 */
export async function tidyRegistrations(
  stage: Pick<RegistrationStage, "registry" | "vault" | "clock">,
): Promise<void> {
  const { registry, clock } = stage;
  const failures: unknown[] = [];
  for await (const { value, version } of registry.list()) {
    const isOver = addMs(value.changedAt, LONGEST_CALL_MS) <= clock.now();
    if (!isOver || (value.stale.length === 0 && value.secretName !== null)) continue;
    try {
      // Changed first: a call that goes on after all cannot make one of these secrets the registration's.
      const taken = { ...value, changedAt: clock.now() };
      await purgeStale(stage, { value: taken, version: await registry.save(taken, version) });
    } catch (error) {
      // Somebody is at it, after all.
      if (!isCode(error, "store-conflict")) failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
