import { slicePrefix } from "../core/slice.ts";
import { commit } from "./commit.ts";
import type { OwnStage } from "./stage.ts";

/**
 * Ends the phase when none of its slices is open any more. Whether a slice is the last is a fact of the
 * ledger: several workers may find it at once, and the state machine takes it once.
 */
export async function settleIfLast(
  stage: OwnStage,
  requestId: string,
  generation: number,
  phase: number,
): Promise<void> {
  const [open] = await stage.slices.open(requestId, slicePrefix(generation, phase), "", 1);
  if (open === undefined) await commit(stage, requestId, { kind: "settle", generation, phase });
}
