import { createHmac } from "node:crypto";
import type { Asset } from "../core/asset.ts";
import { nameOf, type Person, type Subject } from "../core/person.ts";
import type { PrivacyRequest, Workspace } from "../core/request.ts";
import { AppError, type ErrorCode } from "../errors.ts";
import type { Stage } from "./stage.ts";

/** All that is about one person: in which workspaces, and which assets of them. */

type Searching = Pick<Stage, "directory" | "provider">;

/** What a search of a workspace comes to: an asset, or that it cannot be searched. */
export type SubjectAsset = Asset & { readonly failure?: ErrorCode };

/**
 * The workspaces that know the person or hold an asset of theirs, among all that are registered or that ARM lists; and
 * those that cannot be searched, so that none is passed over in silence. Throws what may pass, while the request has
 * tries left.
 */
export async function subjectWorkspaces(
  stage: Searching & Pick<Stage, "pace" | "telemetry" | "pseudonymKey">,
  { requestId, tries }: Pick<PrivacyRequest, "requestId" | "tries">,
  subject: Subject,
): Promise<Workspace[]> {
  const found: Workspace[] = [];
  let unreachable = 0;
  for await (const { workspace, failure } of stage.directory.list()) {
    const assets = failure === null ? subjectAssets(stage, workspace, subject, "export") : null;
    const first = assets === null ? null : (await assets.next()).value;
    await assets?.return(undefined);
    const code = failure?.code ?? (first ? first.failure : undefined);
    if (code !== undefined) {
      const why = failure ?? new AppError(code, "A workspace cannot be searched");
      if (why.isRetryable && tries + 1 < stage.pace.backoff.maxTries) throw why;
      unreachable += 1;
    }
    if (code !== undefined || first) found.push(workspace);
  }
  const pseudonym = pseudonymOf(stage.pseudonymKey, subject);
  const workspaces = found.length - unreachable;
  stage.telemetry.subjectSearched({ requestId, subject: pseudonym, workspaces, unreachable });
  return found;
}

/**
 * The person's assets in a workspace: the list of users where it knows them, its settings where it is theirs, and every
 * asset that names them. For a deletion, a free workspace that is theirs comes with all that it holds, itself last. What
 * keeps it from being searched is one line of the kind `workspace` with the `failure`; only our own store failing is thrown.
 */
export async function* subjectAssets(
  { provider }: Pick<Stage, "provider">,
  workspace: Workspace,
  subject: Subject,
  purpose: "export" | "delete",
): AsyncGenerator<SubjectAsset, void> {
  try {
    const person = await provider.person(workspace, subject);
    const takesAll =
      purpose === "delete" && workspace.accountType === "free" && person?.isOwner === true;
    for await (const { owner, ...asset } of provider.inventory(workspace)) {
      if (takesAll) yield asset;
      else if (isAbout(asset, owner, person, subject)) yield* partsOf(asset, person, purpose);
    }
    if (takesAll) yield workspaceLine(workspace);
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "store-unavailable") throw error;
    yield { ...workspaceLine(workspace), failure: error.code };
  }
}

/** The subject as operators see it: the same for the same person, and nothing of them. */
export function pseudonymOf(pseudonymKey: string, subject: Subject): string {
  return createHmac("sha256", pseudonymKey)
    .update(JSON.stringify(["subject", nameOf(subject)]))
    .digest("hex")
    .slice(0, 16);
}

/** Of the list of users, a deletion takes the person's own entries. */
function partsOf(
  asset: Asset,
  person: Person | null,
  purpose: "export" | "delete",
): readonly SubjectAsset[] {
  const isList = asset.kind === "users" && purpose === "delete" && person !== null;
  if (!isList || person.userIds.length === 0) return [asset];
  return person.userIds.map((userId) => ({ ...asset, sourceId: `${asset.sourceId}/${userId}` }));
}

function isAbout(
  { kind }: Asset,
  owner: string | undefined,
  person: Person | null,
  subject: Subject,
): boolean {
  if (kind === "users") return person !== null;
  if (kind === "workspace-settings") return person?.isOwner === true;
  const name = owner?.toLowerCase() ?? "";
  return person === null ? name === nameOf(subject) : person.names.has(name);
}

function workspaceLine({ workspaceId, armId, name, createdAt }: Workspace): SubjectAsset {
  const nothing = { version: "", bytes: 0, modifiedAt: null };
  return { ...nothing, kind: "workspace", sourceId: armId ?? workspaceId, name, createdAt };
}
