import type { PlanLine } from "../core/deletion-plan.ts";
import type { PrivacyRequest } from "../core/request.ts";
import type { PlanView } from "../core/wire.ts";
import { AppError } from "../errors.ts";
import { planLines } from "./deletion-parts.ts";
import { planDocument } from "./plan-document.ts";
import type { Stage } from "./stage.ts";

/**
 * The present plan of a deletion with all its assets, as it is stored. Throws `not-supported` for an export, and
 * `state-conflict` while there is no plan to read.
 */
export async function planView(
  stage: Pick<Stage, "packages">,
  request: PrivacyRequest,
): Promise<PlanView> {
  const { requestId, plan, kind } = request;
  if (kind !== "delete") throw new AppError("not-supported", "Only deletions have a plan to read");
  if (plan === null || plan.deletion === null || plan.generation !== request.generation) {
    throw new AppError("state-conflict", "There is no plan yet: look at the request first");
  }
  const lines = await Array.fromAsync(planLines(stage, request));
  const byId = new Map(lines.map((line) => [line.assetId, line]));
  return {
    ...(await planDocument(stage, requestId, plan.generation)),
    requestId,
    kind: "delete",
    deletesAt: request.deletesAt,
    summary: { ...plan.deletion, items: plan.items, bytes: plan.bytes },
    workspaces: plan.workspaces,
    assets: lines.map((line) => assetOf(line, byId)),
  };
}

function assetOf(line: PlanLine, byId: ReadonlyMap<string, PlanLine>): PlanView["assets"][number] {
  const { folder: _, sourceId, assetId: __, neededBy, usedBy, ...rest } = line;
  const users = neededBy.flatMap((id) => byId.get(id) ?? []);
  return {
    ...rest,
    id: sourceId,
    neededBy: users.map((user) => ({ kind: user.kind, id: user.sourceId })),
    usedBy: usedBy.map((user) => ({ kind: user.kind, id: user.sourceId })),
  };
}
