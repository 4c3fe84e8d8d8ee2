import { type Workspace, workspaceSchema } from "../../core/request.ts";
import { addMs } from "../../core/time.ts";
import { AppError, isCode } from "../../errors.ts";
import type { Clock, Directory } from "../../pipeline/ports.ts";
import { accountTypeOf } from "../account-type.ts";
import { parseShape } from "../json.ts";
import { type ArmClient, type ArmWorkspace, noSuchWorkspace } from "./client.ts";
import { plainId } from "./identity.ts";

/** The directory, and the tokens of the workspaces it finds. */
export interface ArmDirectory extends Directory {
  /**
   * The workspace's primary token, from memory when it was read less than 10 minutes ago. Never stored or
   * logged. Throws as `Directory.find` does; `workspace-denied` for a workspace that is not in ARM.
   */
  keyOf(workspace: Workspace): Promise<string>;
  /** Forgets the token, so that the next call reads it again. */
  drop(workspace: Workspace): void;
}

const KEY_LIFETIME_MS = 10 * 60 * 1000;

/**
 * The directory of the workspaces that ARM knows. A workspace named by its id is looked for in
 * `subscriptionIds`, in order; one that refuses us is passed over while another has the workspace.
 */
export function createArmDirectory(parts: {
  readonly arm: ArmClient;
  readonly subscriptionIds: readonly string[];
  readonly clock: Clock;
}): ArmDirectory {
  const { arm, subscriptionIds, clock } = parts;
  const keys = new Map<string, { readonly key: Promise<string>; readonly until: string }>();
  return {
    async find(ref) {
      const armId =
        ref.by === "arm-id" ? ref.armId : await armIdOf(arm, subscriptionIds, ref.workspaceId);
      return toWorkspace(await arm.workspace(armId));
    },
    keyOf({ workspaceId, armId }) {
      const now = clock.now();
      for (const [id, { until }] of keys) if (until <= now) keys.delete(id);
      // The promise is kept, so that many callers at once make one call.
      const known = keys.get(workspaceId);
      if (known !== undefined) return known.key;
      const key = readKey(arm, armId);
      keys.set(workspaceId, { key, until: addMs(now, KEY_LIFETIME_MS) });
      return key.catch((error: unknown) => {
        if (keys.get(workspaceId)?.key === key) keys.delete(workspaceId);
        throw error;
      });
    },
    drop({ workspaceId }) {
      keys.delete(workspaceId);
    },
  };
}

async function readKey(arm: ArmClient, armId: string | null): Promise<string> {
  if (armId === null) {
    throw new AppError("workspace-denied", "No token is known for a workspace outside ARM");
  }
  return arm.primaryToken(armId);
}

async function armIdOf(
  arm: ArmClient,
  subscriptionIds: readonly string[],
  workspaceId: string,
): Promise<string> {
  let denied: AppError | null = null;
  for (const subscriptionId of subscriptionIds) {
    try {
      for await (const line of arm.workspaces(subscriptionId)) {
        if (line.workspaceId !== null && plainId(line.workspaceId) === workspaceId) {
          return line.armId;
        }
      }
    } catch (error) {
      if (!isCode(error, "workspace-denied")) throw error;
      denied = error;
    }
  }
  throw denied ?? noSuchWorkspace();
}

function toWorkspace(found: ArmWorkspace): Workspace {
  const created = Date.parse(found.creationTime ?? "");
  return parseShape(workspaceSchema, {
    workspaceId: plainId(found.workspaceId),
    armId: found.armId,
    name: found.name,
    accountType: accountTypeOf(found.workspaceType),
    studioUrl: URL.parse(found.studioEndpoint)?.origin,
    createdAt: Number.isNaN(created) ? null : new Date(created).toISOString(),
  });
}
