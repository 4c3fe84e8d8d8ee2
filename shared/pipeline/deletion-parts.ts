import { type PlanLine, planLineSchema } from "../core/deletion-plan.ts";
import { type ErasureLine, erasureLineSchema } from "../core/erasure.ts";
import type { PrivacyRequest } from "../core/request.ts";
import { generationPrefix, sliceId } from "../core/slice.ts";
import { inventoryBlob } from "./layout.ts";
import { knownLines, parseLines } from "./ndjson.ts";
import type { Stage } from "./stage.ts";

/** A deletion part by part, as it was carried out: its slices, and what went with something else. */

/** The assets of a part that should be gone; `ended` are the workspaces of the whole plan that should be. */
export type Part = {
  readonly name: string;
  readonly lines: readonly PlanLine[];
  readonly ended: readonly PlanLine[];
};

type Reading = Pick<Stage, "packages" | "slices">;

/** Every line of the plan, in order. */
export async function* planLines(
  { packages }: Pick<Stage, "packages">,
  { requestId, generation }: PrivacyRequest,
): AsyncGenerator<PlanLine> {
  const bytes = await packages.read({ requestId, name: inventoryBlob(generation) });
  yield* parseLines(bytes, planLineSchema);
}

/** What the service said of every asset with a call of its own, by asset id. Throws `package-corrupt`. */
export async function erasures(
  stage: Reading,
  { requestId, generation }: PrivacyRequest,
): Promise<ReadonlyMap<string, ErasureLine>> {
  const found = new Map<string, ErasureLine>();
  for await (const done of stage.slices.done(requestId, generationPrefix(generation))) {
    const ref = { requestId, name: done.report };
    const lines = knownLines(stage.packages, ref, done.reportSha256, erasureLineSchema);
    for await (const line of lines) found.set(line.assetId, line);
  }
  return found;
}

/** So many assets are looked for at a time. */
const PART_ASSETS = 100;

/**
 * The assets that should be gone by now, in parts: those that the service claims to have deleted or does not know, and
 * those that went with something that is not the workspace. The parts are the same however often they are asked for.
 */
export async function* partsToLookFor(
  stage: Reading,
  request: PrivacyRequest,
  said: ReadonlyMap<string, ErasureLine>,
): AsyncGenerator<Part> {
  const ended: PlanLine[] = [];
  for await (const line of planLines(stage, request)) {
    if (line.kind === "workspace" && shouldBeGone(line, said.get(line.assetId))) ended.push(line);
  }
  let lines: PlanLine[] = [];
  let number = 0;
  const part = (): Part => {
    number += 1;
    return { name: sliceId(request.generation, 0, number), lines, ended };
  };
  for await (const line of planLines(stage, request)) {
    if (!shouldBeGone(line, said.get(line.assetId))) continue;
    lines.push(line);
    if (lines.length < PART_ASSETS) continue;
    yield part();
    lines = [];
  }
  if (lines.length > 0) yield part();
}

function shouldBeGone({ way, withKind }: PlanLine, said: ErasureLine | undefined): boolean {
  if (way === "with") return withKind !== "workspace";
  return way === "erase" && (said?.outcome === "claimed" || said?.outcome === "already-gone");
}
