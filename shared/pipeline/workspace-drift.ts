import { planFacts } from "../core/asset.ts";
import { type PlanLine, planLineSchema } from "../core/deletion-plan.ts";
import type { PrivacyRequest, Workspace } from "../core/request.ts";
import { AppError } from "../errors.ts";
import { inventoryLines } from "./inventory.ts";
import { inventoryBlob } from "./layout.ts";
import { parseLines } from "./ndjson.ts";
import type { Stage } from "./stage.ts";

/**
 * Looks right before a workspace goes whether it holds anything that the approved plan does not have: a workspace
 * takes everything in it along, and since the gate some time has passed. What had a call of its own may be there
 * still, or be changed by that; all else is as it was. Throws `plan-stale`.
 */
export async function assertHoldsNothingNew(
  stage: Pick<Stage, "packages" | "provider">,
  request: PrivacyRequest,
  workspace: Workspace,
): Promise<void> {
  const planned = await plannedLines(stage, request, workspace);
  const index = request.plan?.workspaces.indexOf(workspace) ?? 0;
  for await (const line of inventoryLines(stage, [workspace], request.scope, "delete")) {
    if (line.failure !== undefined)
      throw new AppError("source-unavailable", "It cannot be searched");
    if (line.kind === "workspace") continue;
    const known = planned.get(line.assetId);
    const isKnown = known !== undefined && isAsPlanned(known, { ...line, workspace: index });
    if (!isKnown) throw new AppError("plan-stale", "The workspace holds what the plan has not");
  }
}

function isAsPlanned(planned: PlanLine, line: Parameters<typeof planFacts>[0]): boolean {
  return planned.way === "erase" || planFacts(planned) === planFacts(line);
}

async function plannedLines(
  { packages }: Pick<Stage, "packages">,
  { requestId, generation, plan }: PrivacyRequest,
  workspace: Workspace,
): Promise<Map<string, PlanLine>> {
  const lines = new Map<string, PlanLine>();
  const bytes = await packages.read({ requestId, name: inventoryBlob(generation) });
  for await (const line of parseLines(bytes, planLineSchema)) {
    if (plan?.workspaces[line.workspace] === workspace) lines.set(line.assetId, line);
  }
  return lines;
}
