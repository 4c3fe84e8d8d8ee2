import { outcomeLineSchema } from "../core/erasure.ts";
import type { PrivacyRequest } from "../core/request.ts";
import { addMs } from "../core/time.ts";
import { AppError } from "../errors.ts";
import { commit } from "./commit.ts";
import { planLines } from "./deletion-parts.ts";
import { look, type Wanted } from "./look.ts";
import { knownLines } from "./ndjson.ts";
import type { Stage } from "./stage.ts";

/** So many assets are looked for at a time. */
const PART_ASSETS = 100;

/** The number of the look after the end: no look during the verification has it. */
const SECOND_LOOK = 999;

/**
 * Looks once more, a while after the end, for everything that was gone: a backup that was restored, or a service that
 * only hid it, brings things back. How many are there again is recorded and told. Throws `time-up` when the call is
 * used up.
 */
export async function secondLook(stage: Stage, request: PrivacyRequest): Promise<void> {
  const until = addMs(stage.clock.now(), stage.pace.stepMs);
  const gone = await goneAssets(stage, request);
  const ended = gone.filter(({ kind }) => kind === "workspace");
  let returned = 0;
  for (let start = 0; start < gone.length; start += PART_ASSETS) {
    if (stage.clock.now() > until) throw new AppError("time-up", "The look goes on later");
    const part = { name: `again-${String(start).padStart(6, "0")}`, look: SECOND_LOOK, ended };
    const wanted = gone.slice(start, start + PART_ASSETS);
    const workspaces = request.plan?.workspaces ?? [];
    const lines = await look(stage, request.requestId, part, wanted, workspaces);
    returned += lines.filter(({ isThere }) => isThere).length;
  }
  await commit(stage, request.requestId, { kind: "verify", wakeAt: stage.clock.now(), returned });
}

/** What went with its workspace is gone as long as that is. */
async function goneAssets(stage: Stage, request: PrivacyRequest): Promise<Wanted[]> {
  const { requestId, result } = request;
  if (result === null) return [];
  const ids = new Set<string>();
  const ref = { requestId, name: result.outcomes };
  const outcomes = knownLines(stage.packages, ref, result.outcomesSha256, outcomeLineSchema);
  for await (const line of outcomes) {
    const isGone = line.outcome === "deleted" || line.outcome === "already-gone";
    if (isGone && line.with !== "workspace") ids.add(line.assetId);
  }
  const lines = await Array.fromAsync(planLines(stage, request));
  return lines.filter(({ assetId, way }) => way !== "absent" && ids.has(assetId));
}
