import { addMs } from "../core/time.ts";
import type { AppError } from "../errors.ts";
import { commit } from "./commit.ts";
import type { OwnStage } from "./stage.ts";

/** Ends a request for that reason, unless others have carried it on since `attempt`. */
export async function failRequest(
  stage: OwnStage,
  requestId: string,
  attempt: number,
  { code, message: detail }: AppError,
): Promise<void> {
  await commit(stage, requestId, {
    kind: "fail",
    attempt,
    failure: { code, detail },
    purgeAt: addMs(stage.clock.now(), stage.pace.retentionMs),
  });
}
