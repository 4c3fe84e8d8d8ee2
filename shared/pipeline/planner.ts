import { createHash } from "node:crypto";
import { type Asset, type InventoryLine, planFacts } from "../core/asset.ts";
import { ASSET_REGISTRY } from "../core/asset-registry.ts";
import { MAX_FOLDER_UNITS, MAX_ROOT_UNITS, UniqueNames } from "../core/names.ts";
import type { PrivacyRequest, Workspace } from "../core/request.ts";
import { parseWorkspaceRef } from "../core/scope.ts";
import { EXPORT_PHASE, isFull, type OpenSlice, sliceId } from "../core/slice.ts";
import { AppError } from "../errors.ts";
import { BlobWriter } from "./blob-writer.ts";
import { commit } from "./commit.ts";
import { inventoryBlob } from "./layout.ts";
import { toLine } from "./ndjson.ts";
import type { Stage } from "./stage.ts";

/** Plans a request: takes the inventory, cuts it into slices, and only then commits the plan. */

/**
 * Carries an accepted request to `running`. A planner that dies leaves a generation that nobody reads; the
 * next one begins another. Throws what directory and provider throw.
 */
export async function planRequest(stage: Stage, requestId: string): Promise<void> {
  const request = await commit(stage, requestId, { kind: "plan" });
  if (request.state !== "planning") return;
  await stage.packages.create(requestId);
  const workspaces = await findWorkspaces(stage, request);
  const inventory = await writeInventory(stage, request, workspaces);
  await stage.slices.add(requestId, inventory.slices);
  await commit(stage, requestId, {
    kind: "planned",
    plan: {
      generation: request.generation,
      plannedAt: stage.clock.now(),
      planHash: inventory.planHash,
      phases: EXPORT_PHASE,
      sliceCount: inventory.slices.length,
      items: inventory.items,
      bytes: inventory.bytes,
      workspaces,
    },
  });
}

async function findWorkspaces(
  { directory }: Pick<Stage, "directory">,
  { scope }: PrivacyRequest,
): Promise<Workspace[]> {
  if (!("workspaces" in scope)) {
    throw new AppError("not-supported", "Only whole workspaces can be planned");
  }
  const found = new Map<string, Workspace>();
  for (const text of scope.workspaces) {
    const ref = parseWorkspaceRef(text);
    if (ref === null) throw new AppError("workspace-not-found", "A workspace name is not valid");
    const workspace = await directory.find(ref);
    found.set(workspace.workspaceId, workspace);
  }
  return [...found.values()];
}

type Inventory = { slices: OpenSlice[]; planHash: string; items: number; bytes: number };

async function writeInventory(
  stage: Stage,
  { requestId, generation }: PrivacyRequest,
  workspaces: readonly Workspace[],
): Promise<Inventory> {
  const writer = new BlobWriter(stage, { requestId, name: inventoryBlob(generation) });
  const hash = createHash("sha256");
  const slices: OpenSlice[] = [];
  let open = emptySlice(generation, 1, 0);
  let [items, bytes] = [0, 0];
  for await (const line of inventoryLines(stage, workspaces)) {
    if (isFull(open, line.bytes)) {
      slices.push(open);
      open = emptySlice(generation, slices.length + 1, writer.bytes);
    }
    await writer.write(toLine(line));
    hash.update(`${planFacts(line)}\n`);
    open.lines.bytes = writer.bytes - open.lines.offset;
    open.assets += 1;
    open.expectedBytes += line.bytes;
    items += 1;
    bytes += line.bytes;
  }
  if (open.assets > 0) slices.push(open);
  await writer.close();
  return { slices, planHash: hash.digest("hex"), items, bytes };
}

async function* inventoryLines(
  { provider }: Pick<Stage, "provider">,
  workspaces: readonly Workspace[],
): AsyncGenerator<InventoryLine> {
  const roots = new UniqueNames(MAX_ROOT_UNITS);
  for (const [index, workspace] of workspaces.entries()) {
    // One workspace fills the bag; several get a folder each.
    const root = workspaces.length === 1 ? null : roots.take(workspace.name);
    const folders = new Map<string, UniqueNames>();
    for await (const asset of provider.inventory(workspace)) {
      const folder = folderOf(asset, root, folders);
      yield { ...asset, assetId: assetIdOf(workspace, asset), workspace: index, folder };
    }
  }
}

/** A kind of which a workspace has one lies in the kind's folder; others have a folder for each asset. */
function folderOf(
  { kind, name }: Asset,
  root: string | null,
  folders: Map<string, UniqueNames>,
): string {
  const { folder, isSingle } = ASSET_REGISTRY[kind];
  const base = root === null ? folder : folder.replace(/^data\//, `data/${root}/`);
  if (isSingle) return base;
  const names = folders.get(base) ?? new UniqueNames(MAX_FOLDER_UNITS);
  folders.set(base, names);
  return `${base}/${names.take(name)}`;
}

function assetIdOf({ workspaceId }: Workspace, { kind, sourceId }: Asset): string {
  return createHash("sha256")
    .update(JSON.stringify([workspaceId, kind, sourceId]))
    .digest("hex")
    .slice(0, 32);
}

function emptySlice(generation: number, number: number, offset: number): OpenSlice {
  return {
    sliceId: sliceId(generation, EXPORT_PHASE, number),
    lines: { offset, bytes: 0 },
    assets: 0,
    expectedBytes: 0,
    attempt: 1,
    failures: 0,
    epoch: 0,
    leaseUntil: null,
    sentAt: null,
    bytesDone: 0,
    staged: [],
    parts: [],
  };
}
