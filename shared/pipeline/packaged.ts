import { inventoryLineSchema, planFacts } from "../core/asset.ts";
import type { PrivacyRequest } from "../core/request.ts";
import { inventoryBlob } from "./layout.ts";
import { parseLines } from "./ndjson.ts";
import type { Stage } from "./stage.ts";

/** What the package that a deletion makes first was made of: the facts of each asset, by its id. */
export type Packaged = ReadonlyMap<string, string>;

/**
 * The facts of the assets that the sealed package covers, files that failed included: those are exceptions that the
 * package names and the approver reads. Null when no package was asked for.
 */
export async function packagedAssets(
  { packages }: Pick<Stage, "packages">,
  { requestId, exportFirst, exportedGeneration }: PrivacyRequest,
): Promise<Packaged | null> {
  if (!exportFirst) return null;
  const facts = new Map<string, string>();
  const bytes = await packages.read({ requestId, name: inventoryBlob(exportedGeneration) });
  for await (const line of parseLines(bytes, inventoryLineSchema)) {
    if (line.isAbsent !== true) facts.set(line.assetId, planFacts(line));
  }
  return facts;
}
