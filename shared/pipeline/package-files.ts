import { z } from "zod";
import type { PrivacyRequest } from "../core/request.ts";
import { AppError } from "../errors.ts";
import { fileListBlob } from "./layout.ts";
import { parseLines } from "./ndjson.ts";
import type { Packages } from "./ports.ts";

/** One file of a package, as the list beside the package has it: the payload first, then tag files. */
export const packageFileSchema = z.object({
  path: z.string(),
  blob: z.string(),
  bytes: z.int().nonnegative(),
  sha256: z.string(),
  crc32: z.int().nonnegative(),
});
export type PackageFile = z.infer<typeof packageFileSchema>;

/** The files of a sealed package, as a stream. Throws `package-not-ready` before the seal. */
export async function* packageFiles(
  packages: Packages,
  { requestId, seal }: PrivacyRequest,
): AsyncGenerator<PackageFile> {
  if (seal === null) {
    throw new AppError("package-not-ready", "The package is not sealed: look at the request first");
  }
  const list = await packages.read({ requestId, name: fileListBlob(seal.sealId) });
  yield* parseLines(list, packageFileSchema);
}
