import { createHmac } from "node:crypto";
import { isFinal, type PrivacyRequest } from "../core/request.ts";
import type { Scope } from "../core/scope.ts";
import { AppError } from "../errors.ts";
import { type CommitStage, create } from "./commit.ts";
import { packageExceptions } from "./package-exceptions.ts";
import { authorsOfRetry, deletionRetryScope } from "./retry-deletion.ts";
import { sha256Of } from "./sha256.ts";
import type { Stage } from "./stage.ts";

type Assets = Extract<Scope, { assets: unknown }>["assets"];

/** A request names so many assets at most. */
const MAX_ASSETS = 1000;

/** Who asks for a retry. */
export type Retrying = { readonly actor: string; readonly traceParent: string | null };

/**
 * Makes a new request, of the same submitter, for exactly the assets that failed in a request that has ended; its
 * package stays as it is. A deletion is planned and approved anew. Asked again, by whoever, it is the same request
 * (`isReplay`). Throws `state-conflict` when there is nothing to retry, `package-purged` when what failed is not known
 * any more.
 */
export async function retryFailed(
  stage: CommitStage & Pick<Stage, "packages" | "pseudonymKey">,
  original: PrivacyRequest,
  { actor, traceParent }: Retrying,
): Promise<{ request: PrivacyRequest; isReplay: boolean }> {
  const requestId = retryIdOf(stage.pseudonymKey, original.requestId);
  const known = await stage.ledger.load(requestId);
  if (known !== null) return { request: known.value, isReplay: true };
  const { kind, exportFirst } = original;
  const scope =
    kind === "delete"
      ? await deletionRetryScope(stage, original)
      : { assets: await failedAssets(stage, original) };
  const submission = {
    requestId,
    kind,
    exportFirst,
    retryOf: original.requestId,
    scope,
    submitter: original.submitter,
    ...authorsOfRetry(original, actor),
    source: original.source,
    externalId: original.externalId,
    bodyHash: sha256Of(JSON.stringify(["retry", original.requestId])),
    traceParent,
  };
  const { outcome, request } = await create(stage, submission, actor);
  if (outcome === "created") return { request, isReplay: false };
  const stored = await stage.ledger.load(requestId);
  return { request: stored?.value ?? request, isReplay: true };
}

/** Fixed by the request, so that there is one retry of it; the id tells nothing. */
function retryIdOf(pseudonymKey: string, requestId: string): string {
  return createHmac("sha256", pseudonymKey)
    .update(JSON.stringify(["retry", requestId]))
    .digest("hex")
    .slice(0, 32);
}

async function failedAssets(
  { packages, clock }: Pick<Stage, "packages" | "clock">,
  request: PrivacyRequest,
): Promise<Assets> {
  const { state, seal, plan, purgeAt, purgedAt } = request;
  if (!isFinal(state) || seal === null || plan === null) {
    throw conflict("Only an export that has ended with a package can be retried");
  }
  if (seal.exceptions === 0) throw conflict("Nothing has failed: there is nothing to retry");
  if (purgedAt !== null || (purgeAt !== null && purgeAt <= clock.now())) {
    throw new AppError("package-purged", "The package's time is over: ask for a new export");
  }
  const armIds = new Map(plan.workspaces.map(({ workspaceId, armId }) => [workspaceId, armId]));
  const assets = new Map<string, Assets[number]>();
  for await (const { workspace, kind: assetKind, sourceId } of packageExceptions(
    packages,
    request,
  )) {
    if (assetKind === "workspace") continue; // It stands for all in it, and has no file of its own.
    const asset = { kind: assetKind, id: sourceId, workspace: armIds.get(workspace) ?? workspace };
    assets.set(JSON.stringify(asset), asset);
    if (assets.size > MAX_ASSETS) {
      throw conflict(
        `More than ${MAX_ASSETS} assets failed: ask for a new export of the workspace`,
      );
    }
  }
  return [...assets.values()];
}

function conflict(message: string): AppError {
  return new AppError("state-conflict", message);
}
