import { bagFolder } from "../core/bag.ts";
import { purgeAtOf } from "../core/expiry.ts";
import type { PrivacyRequest } from "../core/request.ts";
import { addMs } from "../core/time.ts";
import type { PackageView } from "../core/wire.ts";
import { AppError } from "../errors.ts";
import { ZIP_BLOB } from "./layout.ts";
import { packageFiles } from "./package-files.ts";
import type { Stage } from "./stage.ts";

/**
 * Links to every file of a sealed package, each good until `expiresAt` and never past the purge. Throws
 * `package-not-ready` before the seal, `package-purged` after the purge.
 */
export async function packageLinks(
  stage: Pick<Stage, "packages" | "clock" | "pace">,
  request: PrivacyRequest,
): Promise<PackageView> {
  const { requestId, purgeAt, purgedAt, zip } = request;
  const now = stage.clock.now();
  if (purgedAt !== null || (purgeAt !== null && purgeAt <= now)) {
    throw new AppError("package-purged", "The package's time is over: ask for a new export");
  }
  const wanted = addMs(now, stage.pace.linkMs);
  // A request that goes on after its seal may end at this moment.
  const keptUntil = purgeAt ?? purgeAtOf(request, now, stage.pace);
  const expiresAt = keptUntil < wanted ? keptUntil : wanted;
  const link = await stage.packages.linker(requestId, expiresAt);
  const files: PackageView["files"] = [];
  for await (const { path, blob, bytes, sha256 } of packageFiles(stage.packages, request)) {
    files.push({ path, bytes, sha256, url: link(blob) });
  }
  const fileName = `${bagFolder(requestId)}.zip`;
  return {
    files,
    zip: zip?.bytes ? { url: link(ZIP_BLOB, fileName), bytes: zip.bytes } : null,
    expiresAt,
  };
}
