import { z } from "zod";
import { assetKindSchema } from "../core/asset.ts";
import type { PackageAsset } from "../core/index-asset.ts";
import type { PrivacyRequest } from "../core/request.ts";
import { tagBlob } from "./layout.ts";
import { parseLines } from "./ndjson.ts";
import type { Packages } from "./ports.ts";

/** The tag file that names what could not be exported, a line each; only packages with exceptions have it. */
export const EXCEPTIONS = "exceptions.ndjson";

/** What could not be exported: a file of an asset, or all of it (`file` is null). `reason` is an error code. */
const exceptionSchema = z.object({
  workspace: z.string(),
  kind: assetKindSchema,
  sourceId: z.string(),
  name: z.string(),
  file: z.string().nullable(),
  reason: z.string(),
});
export type PackageException = z.infer<typeof exceptionSchema>;

/** The exceptions of an asset. */
export function exceptionsOf({ line, workspace, exceptions }: PackageAsset): PackageException[] {
  const { kind, sourceId, name } = line;
  return exceptions.map(({ file, reason }) => ({
    workspace: workspace.workspaceId,
    kind,
    sourceId,
    name,
    file,
    reason,
  }));
}

/** The exceptions of a sealed package, as a stream. */
export async function* packageExceptions(
  packages: Packages,
  { requestId, seal }: PrivacyRequest,
): AsyncGenerator<PackageException> {
  if (seal === null || seal.exceptions === 0) return;
  const list = await packages.read({ requestId, name: tagBlob(seal.sealId, EXCEPTIONS) });
  yield* parseLines(list, exceptionSchema);
}
