import type { Asset } from "../core/asset.ts";
import { type LookLine, lookLineSchema } from "../core/erasure.ts";
import type { Workspace } from "../core/request.ts";
import { lookBlob } from "./layout.ts";
import { parseLines, toLine } from "./ndjson.ts";
import type { Stage } from "./stage.ts";

/** Looks whether assets are gone: independently of what the service said when it was asked to delete them. */

type Looking = Pick<Stage, "eraser" | "packages" | "clock">;

/** An asset of the plan, to be looked for in its workspace. */
export type Wanted = Asset & { readonly assetId: string; readonly workspace: number };

/**
 * Looks for these assets and stores what it found under the name of the part and the number of the look; a look that
 * is stored already is not taken again. `ended` are the workspaces that were deleted themselves: the eraser hears of
 * them, because some refuse to be asked about anything once they are gone. Throws what the eraser throws.
 */
export async function look(
  stage: Looking,
  requestId: string,
  part: { readonly name: string; readonly look: number; readonly ended: readonly Wanted[] },
  wanted: readonly Wanted[],
  workspaces: readonly Workspace[],
): Promise<readonly LookLine[]> {
  const stored = await storedLook(stage, requestId, part);
  if (stored !== null) return stored;
  const lines: LookLine[] = [];
  for (const [index, workspace] of workspaces.entries()) {
    const assets = wanted.filter((asset) => asset.workspace === index);
    if (assets.length === 0) continue;
    const ended = part.ended.filter(
      (end) => end.workspace === index && !assets.some(({ assetId }) => assetId === end.assetId),
    );
    const remaining = await stage.eraser.remaining(workspace, [...assets, ...ended]);
    const lookedAt = stage.clock.now();
    for (const { assetId, kind, sourceId } of assets) {
      const isThere = remaining.some((left) => left.kind === kind && left.sourceId === sourceId);
      lines.push({ assetId, isThere, lookedAt });
    }
  }
  const ref = { requestId, name: lookBlob(part.name, part.look) };
  const outcome = await stage.packages.put(ref, Buffer.from(lines.map(toLine).join("")));
  // Another worker took the same look: its word stands.
  return outcome === "created" ? lines : readLook(stage, ref);
}

/** What a look found, or null when it was not taken. */
export async function storedLook(
  stage: Pick<Stage, "packages">,
  requestId: string,
  part: { readonly name: string; readonly look: number },
): Promise<readonly LookLine[] | null> {
  const name = lookBlob(part.name, part.look);
  for await (const blob of stage.packages.list(requestId, name)) {
    if (blob.name === name) return readLook(stage, { requestId, name });
  }
  return null;
}

async function readLook(
  { packages }: Pick<Stage, "packages">,
  ref: { requestId: string; name: string },
): Promise<LookLine[]> {
  return Array.fromAsync(parseLines(await packages.read(ref), lookLineSchema));
}
