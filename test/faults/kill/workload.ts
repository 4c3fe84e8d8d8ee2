import type { Random } from "../../support/random.ts";
import type { LoadWorkspace } from "./source-things.ts";

/** What somebody is going to ask for, and what people will do about it. */
export type Work = {
  /** Names the request: its idempotency key and its ticket. */
  readonly key: string;
  readonly door: "http" | "tickets";
  readonly kind: "export" | "delete";
  readonly exportFirst: boolean;
  readonly workspace: LoadWorkspace;
  /** The whole workspace, or its first data set. */
  readonly scope: "workspace" | "dataset";
  /** What becomes of a deletion once its plan is there. */
  readonly decision: "approve" | "cancel" | "hold";
  /** Another request wants to delete in the same workspace at the same time. */
  readonly isRival: boolean;
};

/**
 * So many requests, each about a workspace of its own, but for rivals, which share one. Four of ten are exports, three
 * deletions, three exports with a deletion; one of five comes by the queue for tickets.
 */
export function workload(
  workspaces: readonly LoadWorkspace[],
  requests: number,
  random: Random,
): Work[] {
  const all: Work[] = [];
  for (const [index, workspace] of workspaces.entries()) {
    if (all.length >= requests) break;
    const work = workIn(workspace, index, random);
    const isRival = work.kind === "delete" && work.decision === "approve" && random.below(8) === 0;
    all.push({ ...work, isRival });
    if (isRival && all.length < requests) {
      all.push({ ...work, isRival, key: `${work.key}-rival`, exportFirst: false, door: "http" });
    }
  }
  return all;
}

function workIn(workspace: LoadWorkspace, index: number, random: Random): Omit<Work, "isRival"> {
  const share = random.below(10);
  const kind = share < 4 ? "export" : "delete";
  // A guest workspace ends by itself: only single assets of it can be deleted.
  const isSingle = kind === "delete" && (workspace.accountType === "guest" || share % 4 === 0);
  const choice = random.below(12);
  return {
    key: `LOAD-${index + 1}`,
    door: random.below(5) === 0 ? "tickets" : "http",
    kind,
    exportFirst: share >= 7,
    workspace,
    scope: isSingle ? "dataset" : "workspace",
    decision: choice === 0 ? "cancel" : choice === 1 ? "hold" : "approve",
  };
}
