import type { Workspace } from "../../core/request.ts";
import { isCode } from "../../errors.ts";

/** The tokens that open workspaces. They are never stored, logged or put into errors. */
export interface WorkspaceKeys {
  /** The workspace's token. Throws as `Directory` does. */
  keyOf(workspace: Workspace): Promise<string>;
  /** Forgets a token that was refused, so that the next call gets a fresh one. */
  drop(workspace: Workspace): void;
}

/** Makes a call with the workspace's token; one that is refused, once more with a fresh token. */
export async function withKey<T>(
  keys: WorkspaceKeys,
  workspace: Workspace,
  call: (key: string) => Promise<T>,
): Promise<T> {
  const key = await keys.keyOf(workspace);
  try {
    return await call(key);
  } catch (error) {
    if (!isCode(error, "workspace-denied")) throw error;
  }
  keys.drop(workspace);
  return call(await keys.keyOf(workspace));
}
