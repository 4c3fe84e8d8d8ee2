import type { PrivacyRequest } from "../core/request.ts";
import { addMs } from "../core/time.ts";
import type { PackageView } from "../core/wire.ts";
import { AppError } from "../errors.ts";
import { FILES_BLOB } from "./layout.ts";
import { parseLines } from "./ndjson.ts";
import { packageFileSchema } from "./package-files.ts";
import type { Stage } from "./stage.ts";

/**
 * Links to every file of a sealed package, each good until `expiresAt` and never past the purge. Throws
 * `package-not-ready` before the seal, `package-purged` after the purge.
 */
export async function packageLinks(
  stage: Pick<Stage, "packages" | "clock" | "pace">,
  { requestId, sealedAt, purgeAt, purgedAt }: PrivacyRequest,
): Promise<PackageView> {
  if (sealedAt === null) {
    throw new AppError("package-not-ready", "The package is not sealed: look at the request first");
  }
  const now = stage.clock.now();
  if (purgedAt !== null || (purgeAt !== null && purgeAt <= now)) {
    throw new AppError("package-purged", "The package's time is over: ask for a new export");
  }
  const wanted = addMs(now, stage.pace.linkMs);
  const expiresAt = purgeAt !== null && purgeAt < wanted ? purgeAt : wanted;
  const link = await stage.packages.linker(requestId, expiresAt);
  const list = await stage.packages.read({ requestId, name: FILES_BLOB });
  const files: PackageView["files"] = [];
  for await (const { path, blob, bytes, sha256 } of parseLines(list, packageFileSchema)) {
    files.push({ path, bytes, sha256, url: link(blob) });
  }
  return { files, zip: null, expiresAt };
}
