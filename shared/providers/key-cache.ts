import type { Workspace } from "../core/request.ts";
import type { Clock } from "../pipeline/ports.ts";
import { createMemory } from "./memory.ts";

/** Workspace tokens in memory, so that not every call reads one. They are never stored or logged. */
export interface KeyCache {
  /** The workspace's token, from memory when it was read less than 10 minutes ago. Throws what reading does. */
  keyOf(workspace: Workspace): Promise<string>;
  /** Forgets the token, so that the next call reads it again. */
  drop(workspace: Workspace): void;
}

const KEY_LIFETIME_MS = 10 * 60 * 1000;

const KEPT_KEYS = 10_000;

/** Keeps what `read` gives. Many callers at once make one call; a failure is not kept. */
export function keyCache(clock: Clock, read: (workspace: Workspace) => Promise<string>): KeyCache {
  const memory = createMemory(clock, KEY_LIFETIME_MS, KEPT_KEYS);
  return {
    keyOf: (workspace) => memory.recall(workspace.workspaceId, () => read(workspace)),
    drop: ({ workspaceId }) => memory.forget(workspaceId),
  };
}
