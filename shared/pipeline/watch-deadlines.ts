import { commit } from "./commit.ts";
import { removeOrphan } from "./due-rows.ts";
import { eachDue, type Upkeep } from "./each-due.ts";
import type { Due } from "./ports.ts";
import type { OwnStage } from "./stage.ts";

/** So many requests are looked at at a time. */
const AT_ONCE = 16;

/**
 * Warns of every statutory date that is 7, 3, 1 or 0 days away, each warning once, by the deadline index alone. The
 * state machine decides whether a warning is due, so two runs at once, or a run that comes late, tell nothing twice
 * and leave nothing out.
 */
export function watchDeadlines(stage: OwnStage, withinMs = stage.pace.stepMs): Promise<Upkeep> {
  return eachDue(stage, stage.deadlineIndex, { limit: AT_ONCE, withinMs }, (due) =>
    warn(stage, due),
  );
}

async function warn(stage: OwnStage, due: Due): Promise<void> {
  const { requestId, lookAt } = due;
  let request = (await stage.ledger.load(requestId))?.value;
  if (request?.warnAt !== lookAt) return removeOrphan(stage.deadlineIndex, stage.clock, due);
  const { calendar } = stage.statutory;
  // After a pause several may be due.
  while (request.warnAt !== null && request.warnAt <= stage.clock.now()) {
    request = await commit(stage, requestId, { kind: "warn", calendar });
  }
}
