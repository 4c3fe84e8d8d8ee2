import type { InventoryLine } from "../core/asset.ts";
import { UniquePaths } from "../core/names.ts";
import type { Subject } from "../core/person.ts";
import type { PrivacyRequest } from "../core/request.ts";
import type { Outcome, ReportLine } from "../core/slice.ts";
import { AppError, toAppError } from "../errors.ts";
import type { BlockBuffers } from "./block-buffers.ts";
import type { Claim } from "./claim.ts";
import { digestOfBlob } from "./digest.ts";
import { exportFile, type FileWork } from "./export-file.ts";
import { payloadBlob } from "./layout.ts";
import { OF_THE_SLICE } from "./of-the-slice.ts";
import type { SourceFile } from "./ports.ts";
import type { AssetResult, FileLine, SliceResults } from "./slice-results.ts";
import type { Stage } from "./stage.ts";

/** Exports one asset: all its files, and what became of it. */

/** What the assets of a slice share. `stored` are the payload blobs that an earlier worker completed. */
export type SliceWork = {
  readonly request: PrivacyRequest;
  readonly claim: Claim;
  readonly isLastTry: boolean;
  readonly stored: ReadonlySet<string>;
  readonly buffers: BlockBuffers;
  readonly results: SliceResults;
};

/**
 * So many files more are finished in every call that goes on with an asset: one of few files is done then, instead of
 * being listed again.
 */
const MIN_FRESH_FILES = 16;

/**
 * Exports the asset with that number in its slice. One that fails for good gives the outcome `failed` with its
 * reason; one that may do better later gives `delayedBy`, until the last try. Throws what is not the asset's.
 */
export async function exportAsset(
  stage: Stage,
  slice: SliceWork,
  asset: InventoryLine,
  number: number,
): Promise<AssetResult | { readonly delayedBy: AppError }> {
  const lines: ReportLine[] = [];
  if (asset.isAbsent || asset.failure !== undefined) {
    const reason = asset.failure ?? "asset-not-found";
    lines.push(exceptionLine(asset, number, null, reason));
    return { outcome: outcomeOf(asset, lines), lines };
  }
  try {
    await exportFiles(stage, slice, asset, number, lines);
  } catch (error) {
    const failure = toAppError(error);
    if (mayDoBetter(slice, failure)) slice.results.addFiles(number, lines.filter(isFile));
    if (OF_THE_SLICE.has(failure.code)) throw error;
    if (failure.isRetryable && !slice.isLastTry) return { delayedBy: failure };
    lines.push(exceptionLine(asset, number, null, failure.code));
  }
  return { outcome: outcomeOf(asset, lines), lines };
}

async function exportFiles(
  stage: Stage,
  slice: SliceWork,
  asset: InventoryLine,
  number: number,
  lines: ReportLine[],
): Promise<void> {
  const workspace = slice.request.plan?.workspaces[asset.workspace];
  if (workspace === undefined) throw new AppError("internal", "An asset names no workspace");
  const paths = UniquePaths.within(asset.folder);
  const done = slice.results.filesOf(number);
  let fresh = 0;
  for await (const file of stage.provider.files(workspace, asset, subjectOf(slice.request))) {
    const path = paths.take(file.path);
    try {
      if ("reason" in file) {
        lines.push(exceptionLine(asset, number, path, file.reason));
        continue;
      }
      const known = done.get(payloadBlob(slice.claim.slice.sliceId, number, file.key));
      if (known === undefined && fresh >= MIN_FRESH_FILES && slice.claim.isTimeUp) {
        throw new AppError("time-up", "The asset goes on in another call");
      }
      lines.push(await fileLine(stage, slice, asset, number, { file, path, known }));
      if (known === undefined) fresh += 1;
    } catch (error) {
      const failure = toAppError(error);
      if (mayDoBetter(slice, failure)) throw error;
      // One file that cannot be had keeps none of the others back.
      lines.push(exceptionLine(asset, number, path, failure.code));
    }
  }
}

/**
 * Exports one file. What an earlier call has finished is `known`; what an earlier worker has stored, but did not get
 * to tell, is read instead.
 */
async function fileLine(
  stage: Stage,
  { request, claim, stored, buffers }: SliceWork,
  { folder }: InventoryLine,
  asset: number,
  at: { readonly file: SourceFile; readonly path: string; readonly known: FileLine | undefined },
): Promise<FileLine> {
  const { file, known } = at;
  const blob = payloadBlob(claim.slice.sliceId, asset, file.key);
  const ref = { requestId: request.requestId, name: blob };
  const work = { ...workOn(claim, blob), buffers };
  const isStored = known === undefined && stored.has(blob);
  const digest =
    known ??
    (isStored
      ? await digestOfBlob(stage.packages, ref, work.onChunk)
      : await exportFile(stage, ref, file, work));
  await claim.filed(blob, digest.bytes);
  return {
    redactions: [...file.redactions],
    ...digest,
    type: "file",
    asset,
    blob,
    path: `${folder}/${at.path}`,
    name: file.path.join("/"),
  };
}

function isFile(line: ReportLine): line is FileLine {
  return line.type === "file";
}

/** Whether a failure is not the file's own, or may pass: then the asset ends, and is tried again. */
function mayDoBetter({ isLastTry }: SliceWork, { code, isRetryable }: AppError): boolean {
  return OF_THE_SLICE.has(code) || (isRetryable && !isLastTry);
}

function subjectOf({ scope }: SliceWork["request"]): Subject | undefined {
  return "subject" in scope ? scope.subject : undefined;
}

function exceptionLine(
  { kind, sourceId, name }: InventoryLine,
  asset: number,
  file: string | null,
  reason: string,
): ReportLine {
  return { type: "exception", asset, kind, sourceId, name, file, reason };
}

function workOn(claim: Claim, blob: string): Omit<FileWork, "buffers"> {
  return {
    epoch: claim.slice.epoch,
    resume: claim.stagedOf(blob),
    onStaged: (staged) => claim.staged(staged),
    onChunk: () => claim.alive(),
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
