import type { Switches } from "../control/switches.ts";
import type { Asset } from "../estate/workspace.ts";
import { hexOf } from "../seed/derived-ids.ts";
import { linkEndpoint } from "../storage/links.ts";
import type { StudioCall } from "./studio-context.ts";
import { ticksOf, wireDate } from "./wire-json.ts";

/** What an asset's document depends on beside the asset. */
type Told = Pick<StudioCall, "linkTerms" | "plant"> & {
  readonly context: Pick<StudioCall["context"], "switches">;
};

/** A data set with its 25 fields in the order the service sent them. */
export function wireDataset(asset: Asset, call: Told): Record<string, unknown> {
  const { linkTerms, context } = call;
  const { visualization, schema } = asset;
  return {
    VisualizeEndPoint:
      visualization === null ? null : linkEndpoint(visualization, linkTerms, undefined, -1),
    SchemaEndPoint: schema === null ? null : linkEndpoint(schema, linkTerms, undefined, -1),
    SchemaStatus: schemaStatusOf(asset, context.switches.current),
    ...wireCommon(asset, call.plant("dataset.Description", asset.description)),
    SourceOrigin: asset.promotedFrom === null ? "FromResourceUpload" : "FromOutputPromotion",
    ...wireOrigin(asset),
    DownloadLocation: linkEndpoint(asset.blob, linkTerms),
    ...wireTail(asset),
  };
}

/**
 * A trained model or transform. Its `DownloadLocation` was null in every response on record; the switch
 * `modelDownloadLocation` fills it.
 */
export function wireModel(asset: Asset, call: StudioCall): Record<string, unknown> {
  const isFilled = call.context.switches.current.modelDownloadLocation === "endpoint";
  const isTransform = asset.dataTypeId === "ITransformDotNet";
  const place = isTransform ? "transform.Description" : "model.Description";
  return {
    Language: asset.language,
    ...wireCommon(asset, call.plant(place, asset.description)),
    SourceOrigin: "FromOutputPromotion",
    ...wireOrigin(asset),
    DownloadLocation: isFilled ? linkEndpoint(asset.blob, call.linkTerms) : null,
    ...wireTail(asset),
  };
}

/** Polled after an upload: a new data set is `Pending` for as many polls as the switch says. */
function schemaStatusOf(asset: Asset, { polls, unknownFinalStatus }: Switches): string {
  if (asset.schemaPolls !== undefined) {
    if (asset.schemaPolls.count < polls) {
      asset.schemaPolls.count += 1;
      return "Pending";
    }
    if (unknownFinalStatus !== null) return unknownFinalStatus;
  }
  return asset.schema === null ? "NotSupported" : "Complete";
}

function wireCommon(asset: Asset, description: string): Record<string, unknown> {
  return {
    Id: asset.id,
    DataTypeId: asset.dataTypeId,
    Name: asset.name,
    Description: description,
    FamilyId: asset.familyId,
    ResourceUploadId: asset.resourceUploadId,
  };
}

function wireOrigin(asset: Asset): Record<string, unknown> {
  return {
    Size: asset.blob.content.sizeBytes,
    CreatedDate: wireDate(asset.createdMs),
    Owner: asset.owner,
    ExperimentId: asset.promotedFrom?.experimentId ?? null,
    ClientVersion: null,
    PromotedFrom: asset.promotedFrom?.port ?? null,
    UploadedFromFilename: asset.uploadedFrom,
    ServiceVersion: asset.serviceVersion,
    IsLatest: asset.isLatest,
    Category: null,
  };
}

function wireTail(asset: Asset): Record<string, unknown> {
  // Digits below the millisecond: a client that reads ticks as doubles changes them.
  const extraTicks = Number.parseInt(hexOf(`ticks:${asset.id}`, 6), 16) % 10_000;
  return {
    IsDeprecated: false,
    Culture: "default",
    Batch: asset.batch,
    CreatedDateTicks: ticksOf(asset.createdMs, extraTicks),
  };
}
