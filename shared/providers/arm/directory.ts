import { createHash } from "node:crypto";
import { type Workspace, workspaceSchema } from "../../core/request.ts";
import { AppError, isCode, toAppError } from "../../errors.ts";
import type { Clock, Directory, ListedWorkspace } from "../../pipeline/ports.ts";
import { accountTypeOf } from "../account-type.ts";
import { parseShape } from "../json.ts";
import { type KeyCache, keyCache } from "../key-cache.ts";
import {
  type ArmClient,
  type ArmWorkspace,
  type ArmWorkspaceLine,
  noSuchWorkspace,
} from "./client.ts";
import { plainId } from "./identity.ts";

/**
 * The directory, and the primary tokens of the workspaces it finds. `keyOf` throws as `find` does, and
 * `workspace-denied` for a workspace that is not in ARM.
 */
export type ArmDirectory = Directory & KeyCache;

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
  const keys = keyCache(clock, ({ armId }) => readKey(arm, armId));
  return {
    async find(ref) {
      const armId =
        ref.by === "arm-id" ? ref.armId : await armIdOf(arm, subscriptionIds, ref.workspaceId);
      return toWorkspace(await arm.workspace(armId));
    },
    expiresAt: async () => null,
    list: async function* () {
      for (const subscriptionId of subscriptionIds) {
        for await (const line of arm.workspaces(subscriptionId)) yield await listed(arm, line);
      }
    },
    ...keys,
  };
}

async function readKey(arm: ArmClient, armId: string | null): Promise<string> {
  if (armId === null) {
    throw new AppError("workspace-denied", "No token is known for a workspace outside ARM");
  }
  return arm.primaryToken(armId);
}

async function listed(arm: ArmClient, line: ArmWorkspaceLine): Promise<ListedWorkspace> {
  try {
    return { workspace: toWorkspace(await arm.workspace(line.armId)), failure: null };
  } catch (error) {
    return { workspace: standIn(line), failure: toAppError(error) };
  }
}

/** What the list alone tells; its address leads nowhere, so that nothing is asked of it. */
function standIn({ armId, workspaceId }: ArmWorkspaceLine): Workspace {
  const digest = createHash("sha256").update(armId.toLowerCase()).digest("hex");
  return {
    workspaceId: workspaceId === null ? digest.slice(0, 32) : plainId(workspaceId),
    armId,
    name: armId.split("/").at(-1) ?? "",
    accountType: "standard",
    studioUrl: "https://unreachable.invalid",
    createdAt: null,
  };
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
