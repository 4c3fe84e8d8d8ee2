import { z } from "zod";
import type { Asset } from "../../core/asset.ts";
import type { Workspace } from "../../core/request.ts";
import { lowerKeys, parseJson, parseShape } from "../json.ts";

/** Whether the resource behind an ARM id is the one that was planned: a name can be used again. */

const resourceSchema = z.object({ properties: z.preprocess(lowerKeys, z.looseObject({})) });

/** The properties of a resource, their names in lower case. Throws `source-invalid`. */
export function propertiesOf(body: string): Readonly<Record<string, unknown>> {
  return parseShape(resourceSchema, parseJson(body)).properties;
}

/** Whether the resource is the planned workspace, by its id and its time of creation. */
export function isPlannedWorkspace(body: string, { workspaceId, createdAt }: Workspace): boolean {
  const { workspaceid, creationtime } = propertiesOf(body);
  return plainId(String(workspaceid)) === workspaceId && isSameInstant(creationtime, createdAt);
}

/** Whether the resource is the planned web service, by its time of creation. */
export function isPlannedService(body: string, { createdAt }: Asset): boolean {
  return isSameInstant(propertiesOf(body)["createdon"], createdAt);
}

/** Whether a web service says that it belongs to the workspace: by its ARM id, or by its 32-hex id in some form. */
export function isServiceOf(body: string, { workspaceId, armId }: Workspace): boolean {
  return belongsTo(propertiesOf(body), { workspaceId, armId });
}

/** The same of properties that are read already. */
export function belongsTo(
  properties: Readonly<Record<string, unknown>>,
  { workspaceId, armId }: Pick<Workspace, "workspaceId" | "armId">,
): boolean {
  const { id } = lowerKeys(properties["machinelearningworkspace"]);
  if (typeof id !== "string") return false;
  return id.toLowerCase() === armId?.toLowerCase() || plainId(id) === workspaceId;
}

/** ARM may write a workspace id as a GUID, in any case; Studio writes 32 hex digits. */
export function plainId(workspaceId: string): string {
  return workspaceId.replaceAll("-", "").toLowerCase();
}

/** ARM writes seven decimals, we keep three. A time that is not known on both sides tells nothing. */
function isSameInstant(received: unknown, planned: string | null): boolean {
  if (planned === null || typeof received !== "string") return true;
  return Math.floor(Date.parse(received)) === Date.parse(planned);
}
