import type { AssetShelf } from "../estate/asset-shelf.ts";
import type { Asset } from "../estate/workspace.ts";
import { emptyReply, type Reply } from "../http/reply.ts";
import type { Route } from "../http/router.ts";
import { wireDataset, wireModel } from "./asset-wire.ts";
import { errorReply, notFound, storageFailure } from "./errors.ts";
import {
  answer,
  isGone,
  isStorageClosed,
  remove,
  type StudioCall,
  type StudioContext,
  studioRoute,
} from "./studio-context.ts";

/** Data sets, trained models and transforms: list, one by id, delete a family. */
export function assetRoutes(context: StudioContext): Route[] {
  return [
    ...kindRoutes("datasources", context, {
      shelves: ({ workspace }) => [workspace.datasets, context.estate.samples],
      wire: wireDataset,
      isDeleteVerified: true,
    }),
    ...kindRoutes("trainedmodels", context, {
      shelves: ({ workspace }) => [workspace.models],
      wire: wireModel,
      isDeleteVerified: false,
    }),
    ...kindRoutes("transformmodules", context, {
      shelves: ({ workspace }) => [workspace.transforms],
      wire: wireModel,
      isDeleteVerified: false,
    }),
  ];
}

type AssetKind = {
  readonly shelves: (call: StudioCall) => readonly AssetShelf[];
  readonly wire: (asset: Asset, call: StudioCall) => Record<string, unknown>;
  /** Only the delete of data sets is on record; the others need the switch `unverifiedCalls`. */
  readonly isDeleteVerified: boolean;
};

function kindRoutes(name: string, context: StudioContext, kind: AssetKind): Route[] {
  return [
    // The list shows the newest version of each family; older ones are found by id only.
    studioRoute("GET", `/${name}`, context, (call) => {
      const all = kind.shelves(call).flatMap((shelf) => [...shelf]);
      const listed = all.filter((one) => one.isLatest && !isGone(call, "family", one.familyId));
      return answer(
        call,
        listed.map((asset) => kind.wire(asset, call)),
      );
    }),
    studioRoute("GET", `/${name}/{id}`, context, (call) => {
      const [asset] = kind.shelves(call).flatMap((shelf) => shelf.find(call.path("id")) ?? []);
      return asset === undefined || isGone(call, "family", asset.familyId)
        ? notFound("The asset", context.switches.current)
        : answer(call, kind.wire(asset, call));
    }),
    studioRoute("DELETE", `/${name}/family/{family}`, context, (call) => deleteFamily(call, kind)),
  ];
}

function deleteFamily(call: StudioCall, kind: AssetKind): Reply {
  const { context, workspace } = call;
  const switches = context.switches.current;
  const family = call.path("family");
  const versions = kind.shelves(call).flatMap((shelf) => shelf.family(family));
  if (versions.some((asset) => asset.blob.workspaceKey === null)) {
    const message = "A sample can't be deleted.";
    return errorReply({ status: 403, code: "UserError", message }, switches);
  }
  if (!kind.isDeleteVerified && !switches.unverifiedCalls) return notFound("The path", switches);
  const isTaken = workspace.removals.isTaken("family", family, context.clock.now());
  if (versions.length === 0 || isTaken) return deleteOfMissing(call);
  if (isStorageClosed(workspace, switches)) return storageFailure(switches);
  if (switches.firstDeleteFails400 && !workspace.refusedFamilies.has(family)) {
    workspace.refusedFamilies.add(family);
    const message = "The request could not be processed.";
    return errorReply({ status: 400, code: "UserError", message }, switches);
  }
  return remove(call, "family", family, switches.deleteLagSeconds);
}

/** What a delete of something that is not there gets, as the switch `deleteMissing` says. */
export function deleteOfMissing({ context }: StudioCall): Reply {
  const switches = context.switches.current;
  if (switches.deleteMissing === "204") return emptyReply(204);
  if (switches.deleteMissing === "404") return notFound("The asset", switches);
  const message = "The asset does not exist.";
  return errorReply({ status: 400, code: "UserError", message }, switches);
}
