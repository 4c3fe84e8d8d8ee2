import { assetKindSchema } from "../core/asset.ts";
import { type OutcomeLine, outcomeLineSchema } from "../core/erasure.ts";
import type { PrivacyRequest } from "../core/request.ts";
import type { Scope } from "../core/scope.ts";
import { AppError } from "../errors.ts";
import { knownLines } from "./ndjson.ts";
import type { Stage } from "./stage.ts";

/** A request names so many assets at most. */
const MAX_ASSETS = 1000;

const singleKind = assetKindSchema.exclude(["workspace"]);

/**
 * What a retry of a deletion is about: the assets that failed or were blocked by such; the scope of the deletion where
 * the workspace itself is among them, or where they are too many to name. Its plan is made and approved anew, so that
 * nothing else goes unseen. Throws `state-conflict` when there is nothing to retry.
 */
export async function deletionRetryScope(
  { packages }: Pick<Stage, "packages">,
  { requestId, result, plan, scope }: PrivacyRequest,
): Promise<Scope> {
  if (result === null || plan === null) {
    throw new AppError("state-conflict", "Only a deletion that has ended can be retried");
  }
  const ref = { requestId, name: result.outcomes };
  const failed: OutcomeLine[] = [];
  for await (const line of knownLines(packages, ref, result.outcomesSha256, outcomeLineSchema)) {
    if (line.outcome === "failed" || line.outcome === "blocked-by") failed.push(line);
  }
  if (failed.length === 0) {
    throw new AppError("state-conflict", "Nothing has failed: there is nothing to retry");
  }
  const isWhole = failed.some(({ kind }) => kind === "workspace");
  if (isWhole || failed.length > MAX_ASSETS) return scope;
  return {
    assets: failed.map(({ kind, sourceId, workspace }) => {
      const { armId = null, workspaceId = "" } = plan.workspaces[workspace] ?? {};
      return { kind: singleKind.parse(kind), id: sourceId, workspace: armId ?? workspaceId };
    }),
  };
}

/**
 * Who asked for the retry of a deletion, beside its submitter, and how many have to approve it. Somebody who is a
 * third beside submitter and ticket asked for it too, so that no single approval can be theirs.
 */
export function authorsOfRetry(
  { submitter, requestedBy, approvalsNeeded }: PrivacyRequest,
  actor: string,
): Pick<PrivacyRequest, "requestedBy"> & { approvalsNeeded: 1 | 2 } {
  const isThird = actor !== submitter && requestedBy !== null && actor !== requestedBy;
  return {
    requestedBy: requestedBy ?? actor,
    approvalsNeeded: isThird || approvalsNeeded === 2 ? 2 : 1,
  };
}
