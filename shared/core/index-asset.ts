import { ERROR_RULES, type ErrorCode } from "../errors.ts";
import type { InventoryLine } from "./asset.ts";
import type { AssetStatus, IndexAsset } from "./package-index.ts";
import type { Workspace } from "./request.ts";
import type { ReportLine } from "./slice.ts";

export type FileLine = Extract<ReportLine, { type: "file" }>;
export type ExceptionLine = Extract<ReportLine, { type: "exception" }>;

/** An asset of a package: as it was planned, and what became of it. */
export type PackageAsset = {
  readonly line: InventoryLine;
  readonly workspace: Workspace;
  readonly files: readonly FileLine[];
  readonly exceptions: readonly ExceptionLine[];
};

/** The asset as the index shows it. */
export function indexAsset({ line, workspace, files, exceptions }: PackageAsset): IndexAsset {
  const { kind, name, sourceId, version, createdAt, modifiedAt, folder } = line;
  return {
    kind,
    name,
    sourceId,
    workspace: workspace.workspaceId,
    version,
    createdAt,
    modifiedAt,
    folder,
    status: statusOf(files.length, exceptions.length),
    files: files.map(({ path, name: original, bytes, sha256, redactions }) => ({
      path,
      name: original,
      bytes,
      sha256,
      redactions: redactions.length,
    })),
    missing: exceptions.map(({ file, reason }) => ({ file, reason, detail: detailOf(reason) })),
  };
}

function statusOf(files: number, exceptions: number): AssetStatus {
  if (exceptions === 0) return "exported";
  return files === 0 ? "failed" : "exported-with-exceptions";
}

/** What a code means, in words; a code of another version stands for itself. */
function detailOf(reason: string): string {
  return reason in ERROR_RULES ? ERROR_RULES[reason as ErrorCode].title : reason;
}
