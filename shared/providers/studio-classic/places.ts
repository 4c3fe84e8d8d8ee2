import { z } from "zod";
import type { Asset, AssetKind } from "../../core/asset.ts";
import type { Workspace } from "../../core/request.ts";
import { AppError } from "../../errors.ts";
import { isOwn } from "./assets.ts";
import type { Place } from "./calls.ts";

/**
 * Where the assets of a workspace are found and deleted. Paths that no client of the service ever called in public are
 * called only where a setting says so; looking there is harmless.
 */

const studio = (...segments: string[]): Place => ({ api: "studio", segments });
const management = (...segments: string[]): Place => ({ api: "management", segments });

/** The list that shows a kind, and the member of its items that is their id. */
export type Collection = { readonly place: Place; readonly member: string };

/** The kinds that the workspace lists. */
export const COLLECTIONS = {
  project: { place: studio("projectcontainers"), member: "ContainerId" },
  dataset: { place: studio("datasources"), member: "Id" },
  "trained-model": { place: studio("trainedmodels"), member: "Id" },
  transform: { place: studio("transformmodules"), member: "Id" },
  "custom-module": { place: studio("modules"), member: "Id" },
  experiment: {
    place: { ...studio("experiments"), query: "?includeArchived=true&includeNonLeaf=true" },
    member: "ExperimentId",
  },
  notebook: { place: studio("notebooks"), member: "FamilyId" },
  gateway: { place: studio("gateways"), member: "GatewayName" },
  "web-service": { place: management("webservices"), member: "Id" },
  "web-service-group": { place: studio("webservicegroups"), member: "Id" },
} as const satisfies Partial<Record<AssetKind, Collection>>;

/** No client ever asked for one of these by itself. */
const LISTED_ONLY: ReadonlySet<AssetKind> = new Set(["notebook", "gateway"]);
/** A delete of one of these is of all its versions, or runs. */
const WITH_VERSIONS: ReadonlySet<AssetKind> = new Set([
  "dataset",
  "trained-model",
  "transform",
  "experiment",
]);

/** Where an asset is looked for: in a list, and by itself where there is a place for that. */
export type Look = {
  readonly list: Place;
  readonly isIt: (item: unknown) => boolean;
  readonly one: Place | null;
};

/**
 * Where the asset is looked for; null for kinds that go with the workspace. Throws `outbound-refused` for an id of no
 * known form.
 */
export function lookFor({ kind, sourceId }: Pick<Asset, "kind" | "sourceId">): Look | null {
  if (kind === "users" && sourceId.includes("/")) {
    const [, userId] = sourceId.split("/");
    return {
      list: studio("users"),
      one: null,
      isIt: (item) => idOf(itemSchema.safeParse(item).data?.["User"], "UserId") === userId,
    };
  }
  if (kind === "web-service-endpoint") {
    const { service, name } = endpointOf(sourceId);
    const list = management("webservices", service, "endpoints");
    const one = { ...list, segments: [...list.segments, name] };
    return { list, one, isIt: (item) => idOf(item, "Name") === name };
  }
  const collection = collectionOf(kind);
  if (collection === null) return null;
  const { place, member } = collection;
  const one: Place = { api: place.api, segments: [...place.segments, sourceId] };
  return {
    list: place,
    one: LISTED_ONLY.has(kind) ? null : one,
    isIt: (item) => {
      const id = idOf(item, member);
      return WITH_VERSIONS.has(kind) ? versionless(id) === versionless(sourceId) : id === sourceId;
    },
  };
}

function collectionOf(kind: AssetKind): Collection | null {
  const collections: Partial<Record<AssetKind, Collection>> = COLLECTIONS;
  return collections[kind] ?? null;
}

const itemSchema = z.record(z.string(), z.unknown());

/** The id of an item of a list; empty when it has none. */
export function idOf(item: unknown, member: string): string {
  const id = itemSchema.safeParse(item).data?.[member];
  return typeof id === "string" ? id : "";
}

/**
 * Where a DELETE of the asset goes. Throws `outbound-refused` for an asset of another workspace, for a sample, and for
 * an id of no known form; `not-supported` for a kind that has no such place.
 */
export function deletePlace(workspace: Workspace, { kind, sourceId }: Asset): Place {
  switch (kind) {
    case "dataset":
      return studio("datasources", "family", ownFamily(workspace, sourceId));
    case "trained-model":
      return studio("trainedmodels", "family", ownFamily(workspace, sourceId));
    case "transform":
      return studio("transformmodules", "family", ownFamily(workspace, sourceId));
    case "experiment":
      assertOwn(isOwn(workspace.workspaceId, sourceId));
      return { ...studio("experiments", sourceId), query: "?deleteAncestors=true" };
    case "project":
      return studio("projectcontainers", sourceId);
    case "gateway":
      return studio("gateways", sourceId);
    case "web-service":
      return management("webservices", sourceId);
    case "web-service-endpoint": {
      const { service, name } = endpointOf(sourceId);
      return management("webservices", service, "endpoints", name);
    }
    case "workspace":
      assertOwn(sourceId === workspace.workspaceId);
      return studio();
    case "users": {
      const { service: owner, name: userId } = endpointOf(sourceId);
      assertOwn(owner === workspace.workspaceId);
      return studio("users", userId);
    }
    case "workspace-settings":
    case "custom-module":
    case "notebook":
    case "web-service-group":
    case "arm-web-service":
    case "commitment-plan":
      throw new AppError("not-supported", "The Studio API deletes no asset of this kind");
  }
}

/** The service's id and the endpoint's name. */
export function endpointOf(sourceId: string): { readonly service: string; readonly name: string } {
  const at = sourceId.indexOf("/");
  assertOwn(at > 0 && at < sourceId.length - 1);
  return { service: sourceId.slice(0, at), name: sourceId.slice(at + 1) };
}

/**
 * What all versions of an asset have in common, in lower case: of `<workspace>.<family>.<version>-<culture>-<batch>` the
 * workspace and the family, of an experiment (`<workspace>.f-id.<digits>`) and its runs
 * (`<workspace>.s-id.<digits>.<time>`) the workspace and the digits; else the id itself.
 */
export function versionless(id: string): string {
  const experiment = /^([0-9a-f]{32})\.[fs]-id\.([0-9a-f]{32})/i.exec(id);
  if (experiment !== null) return `${experiment[1]}.${experiment[2]}`.toLowerCase();
  return id.split(".").slice(0, 2).join(".").toLowerCase();
}

function ownFamily({ workspaceId }: Workspace, sourceId: string): string {
  const family = sourceId.split(".")[1] ?? "";
  assertOwn(isOwn(workspaceId, sourceId) && /^[0-9a-f]{32}$/i.test(family));
  return family;
}

function assertOwn(isOwnAsset: boolean): void {
  if (!isOwnAsset) {
    throw new AppError("outbound-refused", "The asset is none of the workspace's own");
  }
}
