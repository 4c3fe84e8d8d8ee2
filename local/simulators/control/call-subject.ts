import type { SurfaceName } from "../http/surface-name.ts";

/** What a call is about, read from its method and path. */
export type CallSubject = {
  /** Whether it asks for a change of what people keep there; listing keys or opening a session is none. */
  readonly isMutating: boolean;
  /** 32 hex digits on Studio and the management API, an ARM id on Resource Manager; null elsewhere. */
  readonly workspaceId: string | null;
  /** Family, experiment, service or other id; an ARM id on Resource Manager; null for a workspace itself. */
  readonly assetId: string | null;
};

const READING_POSTS = /\/(listWorkspaceKeys|session)\/?$/i;
const SURFACES_WITH_DATA: ReadonlySet<SurfaceName> = new Set(["studio", "management", "arm"]);

/** Names the workspace and the asset of a call; both stay null where the path names none. */
export function subjectOf(call: {
  readonly surface: SurfaceName;
  readonly method: string;
  readonly path: string;
}): CallSubject {
  const { surface, method, path } = call;
  const isReading = method === "GET" || method === "HEAD" || READING_POSTS.test(path);
  const isMutating = SURFACES_WITH_DATA.has(surface) && !isReading;
  const segments = path.split("/").filter((segment) => segment !== "");
  if (surface === "arm") return { isMutating, ...armSubjectOf(segments) };
  const from = segments.findIndex((segment) => segment.toLowerCase() === "workspaces");
  if (!SURFACES_WITH_DATA.has(surface) || from < 0) {
    return { isMutating, workspaceId: null, assetId: null };
  }
  const [workspaceId = null, , ...rest] = segments.slice(from + 1);
  const names = rest.filter((name) => name !== "family" && name !== "endpoints");
  return { isMutating, workspaceId, assetId: names.length === 0 ? null : names.join("/") };
}

/** `/subscriptions/x/resourceGroups/y/providers/Microsoft.MachineLearning/<type>/<name>[/action]`. */
function armSubjectOf(segments: readonly string[]): Omit<CallSubject, "isMutating"> {
  const resource = segments.slice(0, 8);
  const isOne = resource.length === 8 && resource[2]?.toLowerCase() === "resourcegroups";
  if (!isOne) return { workspaceId: null, assetId: null };
  const id = `/${resource.join("/")}`;
  return resource[6]?.toLowerCase() === "workspaces"
    ? { workspaceId: id, assetId: null }
    : { workspaceId: null, assetId: id };
}
