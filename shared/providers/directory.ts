import { expiresAtOf, isRegistered, type Registered } from "../core/registration.ts";
import type { Workspace } from "../core/request.ts";
import type { WorkspaceRef } from "../core/scope.ts";
import { AppError, isCode, toAppError } from "../errors.ts";
import type {
  Clock,
  Directory,
  ListedWorkspace,
  TokenVault,
  WorkspaceProbe,
  WorkspaceRegistry,
} from "../pipeline/ports.ts";
import { type KeyCache, keyCache } from "./key-cache.ts";
import { guestExpired, isTurnedAway } from "./studio-classic/guest-ask.ts";

/** What the directory of all workspaces is made of. */
export type DirectoryParts = {
  readonly arm: Directory & KeyCache;
  readonly registry: WorkspaceRegistry;
  readonly vault: TokenVault;
  readonly probe: WorkspaceProbe;
  readonly clock: Clock;
};

/**
 * All workspaces: those that were registered, and those that ARM knows. A workspace named by its id is looked
 * for among the registered ones first; `find` asks the service for its name, which is kept nowhere else.
 *
 * A workspace without an ARM id has the token it was registered with; `keyOf` throws `workspace-denied` when
 * it is not registered any more.
 */
export function createDirectory(parts: DirectoryParts): Directory & KeyCache {
  const { arm, registry, vault, clock } = parts;
  const keys = keyCache(clock, async ({ workspaceId }) => {
    const found = await registeredAs(registry, { by: "workspace-id", workspaceId });
    return tokenOf(vault, found);
  });
  const keysOf = ({ armId }: Workspace) => (armId === null ? keys : arm);
  return {
    find: async (ref) => {
      const found = await registeredAs(registry, ref);
      return found === null ? findInArm(arm, ref) : toWorkspace(parts, found);
    },
    expiresAt: async (ref) => {
      const found = await registeredAs(registry, ref);
      return found === null ? null : expiresAtOf(found);
    },
    list: async function* () {
      for await (const { value } of registry.list()) {
        if (isRegistered(value)) yield await listed(parts, value);
      }
      yield* arm.list();
    },
    keyOf: (workspace) => keysOf(workspace).keyOf(workspace),
    drop: (workspace) => keysOf(workspace).drop(workspace),
  };
}

async function registeredAs(
  registry: WorkspaceRegistry,
  ref: WorkspaceRef,
): Promise<Registered | null> {
  if (ref.by === "arm-id") return null;
  const value = (await registry.load(ref.workspaceId))?.value ?? null;
  return isRegistered(value) ? value : null;
}

async function findInArm(arm: Directory, ref: WorkspaceRef): Promise<Workspace> {
  try {
    return await arm.find(ref);
  } catch (error) {
    if (ref.by === "arm-id" || !isCode(error, "workspace-not-found")) throw error;
    const message =
      "No workspace with this id is registered, as free and guest ones have to be, or is in ARM where we may see it";
    throw new AppError("workspace-not-found", message, { cause: error });
  }
}

async function toWorkspace(
  { vault, probe }: DirectoryParts,
  found: Registered,
): Promise<Workspace> {
  const { workspaceId, accountType, studioUrl, createdAt } = found;
  const token = await tokenOf(vault, found);
  try {
    const { name } = await probe.look({ workspaceId, studioUrl, token });
    return { workspaceId, armId: null, name, accountType, studioUrl, createdAt };
  } catch (error) {
    throw accountType === "guest" && isTurnedAway(error) ? guestExpired(error) : error;
  }
}

/** A record of ours tells all but the name of its workspace. */
async function listed(parts: DirectoryParts, found: Registered): Promise<ListedWorkspace> {
  try {
    return { workspace: await toWorkspace(parts, found), failure: null };
  } catch (error) {
    const { workspaceId, accountType, studioUrl, createdAt } = found;
    const workspace = {
      workspaceId,
      armId: null,
      name: workspaceId,
      accountType,
      studioUrl,
      createdAt,
    };
    return { workspace, failure: toAppError(error) };
  }
}

async function tokenOf(vault: TokenVault, found: Registered | null): Promise<string> {
  const token = found === null ? null : await vault.read(found.secretName);
  if (token !== null) return token;
  const message = "The workspace is not registered any more: register it again with its token";
  throw new AppError("workspace-denied", message);
}
