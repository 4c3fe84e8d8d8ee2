import type { Workspace } from "../../core/request.ts";
import { AppError } from "../../errors.ts";
import { failureOf } from "../failure.ts";
import type { TextAnswer, Transport } from "../http.ts";
import { parseJson } from "../json.ts";
import { guestExpired, isTurnedAway } from "./guest-ask.ts";
import { type WorkspaceKeys, withKey } from "./with-key.ts";

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
 * refused is made once more with a fresh one. Each throws `workspace-denied`, `guest-workspace-expired` for a guest that
 * is turned away, `workspace-not-found`, `outbound-refused` for a segment that would lead to another place and for a
 * region without a management API, and what the transport throws.
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

/** The calls; `managementUrls` are the origins of the management API by those of the Studio API. */
export function createStudioCalls(parts: {
  readonly transport: Transport;
  readonly keys: WorkspaceKeys;
  readonly managementUrls: ReadonlyMap<string, string>;
}): StudioCalls {
  const { transport, keys, managementUrls } = parts;
  const send = async (
    method: "GET" | "DELETE",
    workspace: Workspace,
    place: Place,
    beforeCall: () => void = () => undefined,
  ): Promise<TextAnswer> => {
    const url = urlOf(workspace, place, managementUrls);
    const answered = withKey(keys, workspace, async (key) => {
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
    return answered.catch((error: unknown) => {
      throw workspace.accountType === "guest" && isTurnedAway(error) ? guestExpired(error) : error;
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

function urlOf(
  { studioUrl, workspaceId }: Workspace,
  { api, segments, query = "" }: Place,
  managementUrls: ReadonlyMap<string, string>,
): string {
  // A segment of dots would climb, at worst up to the workspace itself.
  if (segments.some((segment) => /^\.{0,2}$/.test(segment))) {
    throw new AppError("outbound-refused", "The asset's id would lead to another place");
  }
  const { origin } = new URL(studioUrl);
  const base = api === "studio" ? `${origin}/api` : managementUrls.get(origin);
  if (base === undefined) {
    throw new AppError("outbound-refused", "No management API is configured for the workspace");
  }
  const path = ["workspaces", workspaceId, ...segments].map(encodeURIComponent).join("/");
  return `${base}/${path}${query}`;
}
