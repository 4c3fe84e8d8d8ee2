import { MANIFEST } from "../core/bag.ts";
import type { PrivacyRequest } from "../core/request.ts";
import { addMs } from "../core/time.ts";
import { AppError, isCode } from "../errors.ts";
import { digestOfBlob } from "./digest.ts";
import { type PackageFile, packageFiles } from "./package-files.ts";
import type { Stage } from "./stage.ts";

/**
 * Reads a sealed package again and compares every file with the digest that was recorded, the manifest with the one
 * that was sealed. Begins after the first `skip` files; returns how many are verified when the time of the call is
 * used up, null when all are. Throws `package-corrupt` for a file that is missing or holds something else.
 */
export async function verifyPackage(
  { packages, clock, pace }: Pick<Stage, "packages" | "clock" | "pace">,
  request: PrivacyRequest,
  skip: number,
): Promise<number | null> {
  const until = addMs(clock.now(), pace.stepMs);
  let verified = 0;
  let hasManifest = skip > 0;
  const { requestId, seal } = request;
  for await (const file of packageFiles(packages, request)) {
    verified += 1;
    if (verified <= skip) continue;
    await assertWhole(packages, requestId, file);
    hasManifest ||= file.path === MANIFEST && file.sha256 === seal?.manifestSha256;
    if (clock.now() > until) return verified;
  }
  if (hasManifest) return null;
  throw new AppError("package-corrupt", "The package's manifest is not the one that was sealed");
}

async function assertWhole(
  packages: Stage["packages"],
  requestId: string,
  { blob, bytes, sha256 }: PackageFile,
): Promise<void> {
  const stored = await digestOfBlob(packages, { requestId, name: blob }).catch((error: unknown) => {
    if (isCode(error, "not-found")) return null;
    throw error;
  });
  if (stored?.bytes === bytes && stored.sha256 === sha256) return;
  throw new AppError("package-corrupt", `The blob ${blob} of the package is not as it was sealed`);
}
