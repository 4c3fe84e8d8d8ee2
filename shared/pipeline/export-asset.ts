import type { InventoryLine } from "../core/asset.ts";
import { UniqueNames } from "../core/names.ts";
import type { PrivacyRequest } from "../core/request.ts";
import type { Outcome, ReportLine } from "../core/slice.ts";
import { AppError, type ErrorCode, toAppError } from "../errors.ts";
import type { Claim } from "./claim.ts";
import { exportFile, type FileWork } from "./export-file.ts";
import { payloadBlob } from "./layout.ts";
import { sha256OfBlob } from "./sha256.ts";
import type { Stage } from "./stage.ts";

/** Exports one asset: all its files, and what became of it. */

/** What the assets of a slice share. `stored` are the payload blobs that an earlier worker completed. */
export type SliceWork = {
  readonly request: PrivacyRequest;
  readonly claim: Claim;
  readonly isLastTry: boolean;
  readonly stored: ReadonlySet<string>;
};

/** An asset's outcome and its lines in the slice's report. */
export type AssetResult = { readonly outcome: Outcome; readonly lines: readonly ReportLine[] };

/** What a failure of the source is; every other one is about us, and ends the slice's call. */
const OF_THE_SOURCE: ReadonlySet<ErrorCode> = new Set([
  "asset-not-found",
  "workspace-not-found",
  "workspace-denied",
  "workspace-unreadable",
  "source-invalid",
  "source-unavailable",
  "source-throttled",
  "source-truncated",
  "outbound-refused",
]);

/**
 * Exports the asset with that number in its slice. A source that fails for good gives the outcome `failed`
 * with its reason; one that may recover gives `delayedBy`, until the last try.
 */
export async function exportAsset(
  stage: Stage,
  slice: SliceWork,
  asset: InventoryLine,
  number: number,
): Promise<AssetResult | { readonly delayedBy: AppError }> {
  const lines: ReportLine[] = [];
  try {
    await exportFiles(stage, slice, asset, number, lines);
  } catch (error) {
    const failure = toAppError(error);
    if (!OF_THE_SOURCE.has(failure.code)) throw error;
    if (failure.isRetryable && !slice.isLastTry) return { delayedBy: failure };
    const { kind, sourceId, name } = asset;
    lines.push({ type: "exception", kind, sourceId, name, reason: failure.code });
  }
  return { outcome: outcomeOf(asset, lines), lines };
}

async function exportFiles(
  stage: Stage,
  { request, claim, stored }: SliceWork,
  asset: InventoryLine,
  number: number,
  lines: ReportLine[],
): Promise<void> {
  const workspace = request.plan?.workspaces[asset.workspace];
  if (workspace === undefined) throw new AppError("internal", "An asset names no workspace");
  const names = new UniqueNames();
  for await (const file of stage.provider.files(workspace, asset)) {
    const path = `${asset.folder}/${names.take(file.name)}`;
    const blob = payloadBlob(claim.slice.sliceId, number, file.key);
    const ref = { requestId: request.requestId, name: blob };
    const written = stored.has(blob)
      ? await sha256OfBlob(stage.packages, ref)
      : await exportFile(stage, ref, file, workOn(claim, blob));
    await claim.filed(blob, written.bytes);
    lines.push({ type: "file", blob, path, ...written });
  }
}

function workOn(claim: Claim, blob: string): FileWork {
  return {
    epoch: claim.slice.epoch,
    resume: claim.stagedOf(blob),
    onProgress: (staged) => claim.staged(staged),
  };
}

function outcomeOf({ assetId }: InventoryLine, lines: readonly ReportLine[]): Outcome {
  let [files, bytes] = [0, 0];
  let reason: string | null = null;
  for (const line of lines) {
    if (line.type === "exception") {
      reason = line.reason;
    } else {
      files += 1;
      bytes += line.bytes;
    }
  }
  return { assetId, outcome: reason === null ? "exported" : "failed", files, bytes, reason };
}
