import type { PlanDocument, PlanLine } from "../core/deletion-plan.ts";
import type { Plan, PrivacyRequest, Workspace } from "../core/request.ts";
import {
  EXPORT_PHASE,
  emptySlice,
  MAX_SLICE_ASSETS,
  type OpenSlice,
  sliceId,
} from "../core/slice.ts";
import { BlobWriter } from "./blob-writer.ts";
import { takeInventory } from "./deletion-inventory.ts";
import { assetKey } from "./inventory.ts";
import { inventoryBlob, planBlob } from "./layout.ts";
import { toLine } from "./ndjson.ts";
import type { Stage } from "./stage.ts";

/**
 * The plan of a deletion: what would go and in which phase, what stays and why, what stands in the way, and what stays
 * behind. Reads only: no call that it makes changes anything in a workspace.
 */
export async function planDeletion(
  stage: Stage,
  request: PrivacyRequest,
  workspaces: Workspace[],
): Promise<Plan> {
  const { requestId, generation } = request;
  const { lines, planHash } = await takeInventory(stage, request, workspaces);
  await noteUses(stage, lines, workspaces);
  const slices = await writeLines(stage, request, lines);
  const document = await documentOf(stage, request, workspaces, lines, planHash);
  await stage.packages.put(
    { requestId, name: planBlob(generation) },
    Buffer.from(JSON.stringify(document)),
  );
  await stage.slices.add(requestId, slices);
  const erased = lines.filter(({ way }) => way === "erase");
  const goesWith = lines.filter(({ way }) => way === "with").length;
  return {
    generation,
    plannedAt: document.plannedAt,
    planHash,
    phases: Math.max(EXPORT_PHASE, ...new Set(erased.map(({ phase }) => phase))),
    sliceCount: slices.length,
    items: lines.length,
    bytes: lines.reduce((sum, { bytes }) => sum + bytes, 0),
    workspaces,
    deletion: {
      erase: erased.length,
      goesWith,
      keep: lines.filter(({ way }) => way === "keep").length,
      blockers: document.blockers.length,
    },
  };
}

/** Notes on each line who needs it: within the plan, and among what stays. */
async function noteUses(
  { eraser }: Pick<Stage, "eraser">,
  lines: readonly PlanLine[],
  workspaces: readonly Workspace[],
): Promise<void> {
  const erased = new Map<string, PlanLine>();
  for (const line of lines) if (line.way === "erase") erased.set(keyOf(line), line);
  const leaves = new Set(lines.filter(({ way }) => way !== "keep").map(keyOf));
  for (const [workspace, place] of workspaces.entries()) {
    if (![...erased.values()].some((line) => line.workspace === workspace)) continue;
    for await (const { user, used } of eraser.uses(place)) {
      const line = erased.get(keyOf({ workspace, ...used }));
      const userKey = keyOf({ workspace, ...user });
      const earlier = erased.get(userKey);
      if (line === undefined) continue;
      if (earlier !== undefined && earlier.phase < line.phase) line.neededBy.push(earlier.assetId);
      if (!leaves.has(userKey)) line.usedBy.push({ kind: user.kind, sourceId: user.sourceId });
    }
  }
}

function keyOf(line: Pick<PlanLine, "workspace" | "kind" | "sourceId">): string {
  return `${line.workspace} ${assetKey(line)}`;
}

/** Writes the lines, which are in the order of their phases, and cuts those with a call into slices. */
async function writeLines(
  stage: Stage,
  { requestId, generation }: PrivacyRequest,
  lines: readonly PlanLine[],
): Promise<OpenSlice[]> {
  const writer = new BlobWriter(stage, { requestId, name: inventoryBlob(generation) });
  const slices: OpenSlice[] = [];
  const inPhase = new Map<number, number>();
  let open: OpenSlice | null = null;
  let openPhase = 0;
  for (const line of lines) {
    const isErased = line.way === "erase";
    if (isErased && (open === null || openPhase !== line.phase || isFull(open))) {
      const number = (inPhase.get(line.phase) ?? 0) + 1;
      inPhase.set(line.phase, number);
      open = emptySlice(sliceId(generation, line.phase, number), writer.bytes);
      openPhase = line.phase;
      slices.push(open);
    }
    await writer.write(toLine(line));
    if (!isErased || open === null) continue;
    open.assets += 1;
    open.expectedBytes += line.bytes;
    open.lines.bytes = writer.bytes - open.lines.offset;
  }
  await writer.close();
  return slices;
}

/** The size of an asset means nothing for its deletion. */
function isFull({ assets }: OpenSlice): boolean {
  return assets === MAX_SLICE_ASSETS;
}

async function documentOf(
  stage: Stage,
  request: PrivacyRequest,
  workspaces: readonly Workspace[],
  lines: readonly PlanLine[],
  planHash: string,
): Promise<PlanDocument> {
  const isSearched = (_: Workspace, index: number) =>
    !lines.some(({ workspace, failure }) => workspace === index && failure !== undefined);
  const searched = workspaces.filter(isSearched);
  const blockers = await stage.eraser.blockers(searched);
  const leftBehind: PlanDocument["leftBehind"] = [];
  for (const workspace of searched) {
    for (const text of await stage.eraser.leftBehind(workspace)) {
      leftBehind.push({ workspace: workspace.workspaceId, text });
    }
  }
  const { seal, exportFirst, generation } = request;
  return {
    generation,
    plannedAt: stage.clock.now(),
    planHash,
    blockers: [...blockers],
    leftBehind,
    manualSteps: lines.filter(isManualStep).map(({ workspace, reason }) => ({
      workspace: workspaces[workspace]?.workspaceId ?? "",
      text: reason ?? "",
    })),
    package:
      exportFirst && seal !== null
        ? { manifestSha256: seal.manifestSha256, exceptions: seal.exceptions }
        : null,
  };
}

/** A workspace that no call deletes is deleted by a person, in its settings; so are users of one that stays. */
function isManualStep({ kind, way, why }: PlanLine): boolean {
  if (kind === "users") return way === "keep" && why === "not-deletable";
  return kind === "workspace" && way === "keep" && why !== "not-exported";
}
