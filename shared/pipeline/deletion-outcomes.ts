import type { PlanLine } from "../core/deletion-plan.ts";
import type { DeletionResult, ErasureLine, OutcomeLine } from "../core/erasure.ts";
import type { PrivacyRequest } from "../core/request.ts";
import { BlobWriter } from "./blob-writer.ts";
import { erasures, partsToLookFor, planLines } from "./deletion-parts.ts";
import { outcomesBlob } from "./layout.ts";
import { storedLook } from "./look.ts";
import { toLine } from "./ndjson.ts";
import type { Stage } from "./stage.ts";

/** What became of every asset of a deletion, put together from what was said and what was seen. */

type Known = Pick<
  OutcomeLine,
  "outcome" | "reason" | "evidence" | "intendedAt" | "answeredAt" | "verifiedAt"
>;

const UNKNOWN: Known = {
  outcome: "failed",
  reason: null,
  evidence: null,
  intendedAt: null,
  answeredAt: null,
  verifiedAt: null,
};

/**
 * Writes the outcome of every asset of the plan, in its order, and returns their counts and the digest. All follows
 * from what is stored, so that it comes out the same again.
 */
export async function storeOutcomes(
  stage: Stage,
  request: PrivacyRequest,
  looks: number,
): Promise<DeletionResult> {
  const said = await erasures(stage, request);
  const gone = await goneAt(stage, request, said, looks);
  const workspaces = await workspaceOutcomes(stage, request, said, gone);
  const name = outcomesBlob(request.generation);
  const writer = new BlobWriter(stage, { requestId: request.requestId, name });
  const counts = { deleted: 0, alreadyGone: 0, notDeletable: 0, blockedBy: 0, failed: 0 };
  for await (const line of planLines(stage, request)) {
    const known = outcomeOf(line, said, gone, workspaces);
    counts[COUNT_OF[known.outcome]] += 1;
    const { assetId, workspace, kind, sourceId, withKind } = line;
    const found = { assetId, workspace, kind, sourceId, with: withKind };
    const outcome: OutcomeLine = { ...found, ...known };
    await writer.write(toLine(outcome));
  }
  const { sha256 } = await writer.close();
  return { ...counts, outcomes: name, outcomesSha256: sha256 };
}

const COUNT_OF = {
  deleted: "deleted",
  "already-gone": "alreadyGone",
  "not-deletable": "notDeletable",
  "blocked-by": "blockedBy",
  failed: "failed",
} as const satisfies Record<OutcomeLine["outcome"], keyof DeletionResult>;

/** When each asset was first seen to be gone, by its id. */
async function goneAt(
  stage: Stage,
  request: PrivacyRequest,
  said: ReadonlyMap<string, ErasureLine>,
  looks: number,
): Promise<ReadonlyMap<string, string>> {
  const gone = new Map<string, string>();
  for await (const { name } of partsToLookFor(stage, request, said)) {
    for (let number = 1; number <= looks; number += 1) {
      const lines = await storedLook(stage, request.requestId, { name, look: number });
      for (const { assetId, isThere, lookedAt } of lines ?? []) {
        if (!isThere) gone.set(assetId, lookedAt);
      }
    }
  }
  return gone;
}

/** What became of the workspaces themselves, by their index in the plan. */
async function workspaceOutcomes(
  stage: Stage,
  request: PrivacyRequest,
  said: ReadonlyMap<string, ErasureLine>,
  gone: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<number, Known>> {
  const outcomes = new Map<number, Known>();
  for await (const line of planLines(stage, request)) {
    if (line.kind !== "workspace") continue;
    outcomes.set(line.workspace, outcomeOf(line, said, gone, new Map()));
  }
  return outcomes;
}

function outcomeOf(
  line: PlanLine,
  said: ReadonlyMap<string, ErasureLine>,
  gone: ReadonlyMap<string, string>,
  workspaces: ReadonlyMap<number, Known>,
): Known {
  const { assetId, way, withKind, reason } = line;
  const verifiedAt = gone.get(assetId) ?? null;
  switch (way) {
    case "keep":
      return { ...UNKNOWN, outcome: "not-deletable", reason };
    case "absent":
      return { ...UNKNOWN, outcome: "already-gone", reason };
    case "with":
      if (withKind === "workspace") return withWorkspace(workspaces.get(line.workspace));
      return verifiedAt === null
        ? { ...UNKNOWN, reason: "still-there" }
        : { ...UNKNOWN, outcome: "deleted", verifiedAt };
    case "erase":
      return erased(said.get(assetId), verifiedAt);
  }
}

/** Only what an independent look did not find is deleted, whatever the service said. */
function erased(said: ErasureLine | undefined, verifiedAt: string | null): Known {
  if (said === undefined) return { ...UNKNOWN, reason: "not-done" };
  const { outcome, reason, evidence, answeredAt } = said;
  const intendedAt = outcome === "blocked-by" ? null : said.intendedAt;
  const known = { reason, evidence, intendedAt, answeredAt, verifiedAt };
  if (outcome === "failed" || outcome === "blocked-by") return { ...known, outcome };
  if (verifiedAt === null) return { ...known, outcome: "failed", reason: "still-there" };
  return { ...known, outcome: outcome === "claimed" ? "deleted" : "already-gone" };
}

/** What goes with its workspace is gone when that is, by the same evidence. */
function withWorkspace(workspace: Known | undefined): Known {
  if (workspace === undefined) return { ...UNKNOWN, reason: "not-done" };
  return workspace.outcome === "deleted" || workspace.outcome === "already-gone"
    ? workspace
    : { ...UNKNOWN, outcome: "blocked-by", reason: "workspace" };
}
