import type { OwnedAsset } from "../../pipeline/ports.ts";
import type { Part } from "./parts.ts";
import type { Source } from "./source.ts";

/**
 * Names without secrets: people write keys into names and comments too, and names become paths, and go into indexes
 * and reports. The documents tell of these redactions.
 */

/** The assets, by names that hold no secret. */
export async function* plainAssets(
  source: Source,
  assets: AsyncIterable<OwnedAsset>,
): AsyncGenerator<OwnedAsset> {
  for await (const asset of assets) {
    const redactor = await source.redactor();
    yield { ...asset, name: redactor.text(asset.name).text };
  }
}

/** The files, at paths that hold no secret. */
export async function* plainPaths(
  source: Source,
  parts: AsyncIterable<Part>,
): AsyncGenerator<Part> {
  for await (const part of parts) {
    const redactor = await source.redactor();
    yield { ...part, path: part.path.map((segment) => redactor.text(segment).text) };
  }
}
