import { hourOf, msToNextHour } from "../core/controls.ts";
import type { PrivacyRequest } from "../core/request.ts";
import { isExporting } from "../core/rules.ts";
import { AppError } from "../errors.ts";
import type { Claim } from "./claim.ts";
import type { Stage } from "./stage.ts";

type Looking = Pick<Stage, "ledger" | "controls" | "clock">;

/** The controls, unless an Operator has stopped all deletions. Throws `deletions-stopped`. */
export async function assertNotStopped({ controls }: Pick<Stage, "controls">) {
  const set = await controls.read();
  if (!set.stopped) return set;
  throw new AppError("deletions-stopped", "An Operator has stopped all deletions");
}

/** What is thrown when this hour's deletions are used up; it waits for the next hour. */
export function capped({ clock }: Pick<Stage, "clock">, hourlyCap: number): AppError {
  return new AppError("deletions-capped", `${hourlyCap} deletions an hour may begin`, {
    retryAfterMs: msToNextHour(clock.now()),
  });
}

/**
 * The last look before a destructive call. The lease is renewed first and the request read last: a hold that was
 * placed before this read is seen, and one that is placed after it waits for the lease. Throws `request-held`,
 * `deletions-stopped`, `deletions-capped`, and `store-conflict` when another worker has the slice.
 */
export async function assertMayDestroy(
  stage: Looking,
  { requestId, generation }: PrivacyRequest,
  claim: Claim,
): Promise<void> {
  await claim.alive();
  const { hourlyCap } = await assertNotStopped(stage);
  const hour = hourOf(stage.clock.now());
  if (hourlyCap !== null && !(await stage.controls.spend(hour, hourlyCap))) {
    throw capped(stage, hourlyCap);
  }
  const request = (await stage.ledger.load(requestId))?.value;
  const mayGoOn =
    request?.state === "running" &&
    request.generation === generation &&
    request.hold === "none" &&
    !isExporting(request);
  if (!mayGoOn) throw new AppError("request-held", "The request does not go on now");
}
