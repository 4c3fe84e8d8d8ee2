import { addMs } from "../core/time.ts";
import type { AppError, ErrorCode } from "../errors.ts";
import { commit } from "./commit.ts";
import type { Stage } from "./stage.ts";

/** What only a person can mend: the request waits, and looks again from time to time. */
export const BLOCKING: ReadonlySet<ErrorCode> = new Set([
  "workspace-locked",
  "workspace-denied",
  "deletions-stopped",
]);

/**
 * Blocks a request for that reason, unless others have carried it on since `attempt`. Without one it is blocked
 * as it stands: the workspace is closed to every attempt.
 */
export async function blockRequest(
  stage: Stage,
  requestId: string,
  { code, message: detail }: AppError,
  attempt?: number,
): Promise<void> {
  const current = attempt ?? (await stage.ledger.load(requestId))?.value.attempt;
  if (current === undefined) return;
  // A stop of all deletions is lifted by an Operator, whom nobody should have to wait for.
  const waitsMs = code === "deletions-stopped" ? stage.pace.lookAfterMs : stage.pace.blockedMs;
  const wakeAt = addMs(stage.clock.now(), waitsMs);
  await commit(stage, requestId, {
    kind: "block",
    attempt: current,
    failure: { code, detail },
    wakeAt,
  });
}
