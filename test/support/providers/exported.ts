import type { Asset, AssetKind } from "../../../shared/core/asset.ts";
import type { SourceFile } from "../../../shared/pipeline/ports.ts";
import { collectText } from "./collect.ts";
import type { Estate } from "./provider-on-simulators.ts";

/** The files of an asset of contoso-churn, by path. Throws when one is missing. */
export async function exportedFiles(
  { provider, churn }: Estate,
  asset: Asset,
): Promise<Map<string, SourceFile>> {
  const files = new Map<string, SourceFile>();
  for await (const part of provider.files(churn, asset)) {
    if ("reason" in part) throw new Error(`${part.path.join("/")} is missing: ${part.reason}`);
    files.set(part.path.join("/"), part);
  }
  return files;
}

/** The content of a file as text. */
export async function textOf(file: SourceFile | undefined): Promise<string> {
  if (file === undefined) throw new Error("there is no such file");
  return collectText((await file.open()).body);
}

/** The first asset of that kind, or the first of that name among them. */
export function assetOf({ assets }: Estate, kind: AssetKind, name?: string): Asset {
  const found = assets.find(
    (asset) => asset.kind === kind && (name === undefined || asset.name === name),
  );
  if (found === undefined) throw new Error(`there is no such ${kind}`);
  return found;
}
