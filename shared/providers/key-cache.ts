import type { Workspace } from "../core/request.ts";
import { addMs } from "../core/time.ts";
import type { Clock } from "../pipeline/ports.ts";

/** Workspace tokens in memory, so that not every call reads one. They are never stored or logged. */
export interface KeyCache {
  /** The workspace's token, from memory when it was read less than 10 minutes ago. Throws what reading does. */
  keyOf(workspace: Workspace): Promise<string>;
  /** Forgets the token, so that the next call reads it again. */
  drop(workspace: Workspace): void;
}

const KEY_LIFETIME_MS = 10 * 60 * 1000;

/** Keeps what `read` gives. Many callers at once make one call; a failure is not kept. */
export function keyCache(clock: Clock, read: (workspace: Workspace) => Promise<string>): KeyCache {
  const keys = new Map<string, { readonly key: Promise<string>; readonly until: string }>();
  return {
    keyOf(workspace) {
      const { workspaceId } = workspace;
      const now = clock.now();
      for (const [id, { until }] of keys) if (until <= now) keys.delete(id);
      const known = keys.get(workspaceId);
      if (known !== undefined) return known.key;
      const key = read(workspace);
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
