import { expiresAtOf } from "../core/registration.ts";
import type { PrivacyRequest, Workspace } from "../core/request.ts";
import { addMs } from "../core/time.ts";
import { commit } from "./commit.ts";
import type { Stage } from "./stage.ts";

/**
 * Refuses to delete a whole guest workspace, which nobody can: it expires by itself, and the reason says when.
 * Returns whether the request was refused. Single assets of such a workspace can be deleted.
 */
export async function refuseGuests(
  stage: Stage,
  { requestId, kind, scope }: PrivacyRequest,
  workspaces: readonly Workspace[],
): Promise<boolean> {
  if (kind !== "delete" || !("workspaces" in scope)) return false;
  const guest = workspaces.find(({ accountType }) => accountType === "guest");
  if (guest === undefined) return false;
  const { workspaceId } = guest;
  const endsAt = expiresAtOf(guest);
  const ends = endsAt === null ? "within 8 hours of its creation" : `by ${endsAt}`;
  const detail = `The guest workspace ${workspaceId} cannot be deleted as a whole: the service purges it when it expires, ${ends}. Name single assets to delete them before that.`;
  await commit(stage, requestId, {
    kind: "refuse",
    failure: { code: "not-supported", detail },
    purgeAt: addMs(stage.clock.now(), stage.pace.retentionMs),
  });
  return true;
}
