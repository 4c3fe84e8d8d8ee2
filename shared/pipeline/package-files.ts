import { z } from "zod";

/** One file of a package, as the list beside the package has it: tag files first, then the payload. */
export const packageFileSchema = z.object({
  path: z.string(),
  blob: z.string(),
  bytes: z.int().nonnegative(),
  sha256: z.string(),
});
export type PackageFile = z.infer<typeof packageFileSchema>;
