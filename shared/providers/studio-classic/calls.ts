import type { Workspace } from "../../core/request.ts";
import { AppError, isCode } from "../../errors.ts";
import { failureOf } from "../failure.ts";
import type { TextAnswer, Transport } from "../http.ts";
import { parseJson } from "../json.ts";
import type { WorkspaceKeys } from "./provider.ts";

/**
 * A place below a workspace, by the segments of its path: in the Studio API, or in the API of its web services.
 */
export type Place = {
  readonly api: "studio" | "management";
  readonly segments: readonly string[];
  readonly query?: string;
};

/**
 * Calls to places of a workspace with its token, which goes to the workspace's own hosts only. A call whose token is
 * refused is made once more with a fresh one. Each throws `workspace-denied`, `workspace-not-found`, `outbound-refused`
 * for a segment that would lead to another place, and what the transport throws.
 */
export interface StudioCalls {
  /** What is there, as JSON, or null when there is nothing. Throws as `failureOf` says. */
  read(workspace: Workspace, place: Place): Promise<unknown>;
  /** The items of a list; none when there is no list. Throws as `read` does. */
  list(workspace: Workspace, place: Place): Promise<readonly unknown[]>;
  /** Sends a DELETE, after `beforeCall`. The answer may be of any status but 401 and 403. */
  remove(workspace: Workspace, place: Place, beforeCall: () => void): Promise<TextAnswer>;
}

const TOKEN_HEADER = "x-ms-metaanalytics-authorizationtoken";

/** The calls; `managementUrl` is the origin of the web services' API that belongs to a Studio API. */
export function createStudioCalls(parts: {
  readonly transport: Transport;
  readonly keys: WorkspaceKeys;
  readonly managementUrl: (studioUrl: string) => string;
}): StudioCalls {
  const { transport, keys, managementUrl } = parts;
  const send = async (
    method: "GET" | "DELETE",
    workspace: Workspace,
    place: Place,
    beforeCall: () => void = () => undefined,
  ): Promise<TextAnswer> => {
    const url = urlOf(workspace, place, managementUrl);
    return withKey(keys, workspace, async (key) => {
      beforeCall();
      const answer = await transport.fetchText({
        method,
        url,
        headers: { accept: "application/json" },
        credentials:
          place.api === "studio" ? { [TOKEN_HEADER]: key } : { authorization: `Bearer ${key}` },
      });
      if (answer.status === 401 || answer.status === 403) throw failureOf(answer);
      return answer;
    });
  };
  const read = async (workspace: Workspace, place: Place): Promise<unknown> => {
    const answer = await send("GET", workspace, place);
    if (answer.status === 404 || answer.status === 410) return null;
    if (answer.status < 200 || answer.status > 299) throw failureOf(answer);
    return parseJson(answer.body);
  };
  return {
    read,
    async list(workspace, place) {
      const items = (await read(workspace, place)) ?? [];
      if (Array.isArray(items)) return items;
      throw new AppError("source-invalid", "The source's answer is not a list");
    },
    remove: (workspace, place, beforeCall) => send("DELETE", workspace, place, beforeCall),
  };
}

async function withKey<T>(
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

function urlOf(
  { studioUrl, workspaceId }: Workspace,
  { api, segments, query = "" }: Place,
  managementUrl: (studioUrl: string) => string,
): string {
  // A segment of dots would climb, at worst up to the workspace itself.
  if (segments.some((segment) => /^\.{0,2}$/.test(segment))) {
    throw new AppError("outbound-refused", "The asset's id would lead to another place");
  }
  const base =
    api === "studio"
      ? `${new URL(studioUrl).origin}/api`
      : new URL(managementUrl(studioUrl)).origin;
  const path = ["workspaces", workspaceId, ...segments].map(encodeURIComponent).join("/");
  return `${base}/${path}${query}`;
}
