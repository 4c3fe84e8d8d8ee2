import { createHash } from "node:crypto";
import { planFacts } from "../core/asset.ts";
import type { Plan, PrivacyRequest, Workspace } from "../core/request.ts";
import { isExporting } from "../core/rules.ts";
import { EXPORT_PHASE, emptySlice, isFull, type OpenSlice, sliceId } from "../core/slice.ts";
import { BlobWriter } from "./blob-writer.ts";
import { commit } from "./commit.ts";
import { exportLines } from "./export-inventory.ts";
import { refuseGuests } from "./guest-deletion.ts";
import { findWorkspaces } from "./inventory.ts";
import { inventoryBlob } from "./layout.ts";
import { toLine } from "./ndjson.ts";
import { planDeletion } from "./plan-deletion.ts";
import type { Stage } from "./stage.ts";
import { enterExport } from "./workspace-claims.ts";

/** Plans a request: takes the inventory, cuts it into slices, and only then commits the plan. */

/**
 * Carries an accepted request to `running`, and one that deletes to `awaiting-approval`. A planner that dies leaves a
 * generation that nobody reads; the next one begins another. Throws what directory, provider and eraser throw.
 */
export async function planRequest(stage: Stage, requestId: string): Promise<void> {
  const request = await commit(stage, requestId, { kind: "plan" });
  if (request.state !== "planning") return;
  await stage.packages.create(requestId);
  const workspaces = await findWorkspaces(stage, request);
  if (await refuseGuests(stage, request, workspaces)) return;
  const plan = isExporting(request)
    ? await planExport(stage, request, workspaces)
    : await planDeletion(stage, request, workspaces);
  await commit(stage, requestId, { kind: "planned", plan });
}

async function planExport(
  stage: Stage,
  request: PrivacyRequest,
  workspaces: Workspace[],
): Promise<Plan> {
  for (const workspace of workspaces) await enterExport(stage, workspace, request.requestId);
  const inventory = await writeInventory(stage, request, workspaces);
  await stage.slices.add(request.requestId, inventory.slices);
  return {
    generation: request.generation,
    plannedAt: stage.clock.now(),
    planHash: inventory.planHash,
    phases: EXPORT_PHASE,
    sliceCount: inventory.slices.length,
    items: inventory.items,
    bytes: inventory.bytes,
    workspaces,
    deletion: null,
  };
}

type Inventory = { slices: OpenSlice[]; planHash: string; items: number; bytes: number };

async function writeInventory(
  stage: Stage,
  { requestId, generation, scope }: PrivacyRequest,
  workspaces: readonly Workspace[],
): Promise<Inventory> {
  const writer = new BlobWriter(stage, { requestId, name: inventoryBlob(generation) });
  const hash = createHash("sha256");
  const slices: OpenSlice[] = [];
  let open = emptySlice(sliceId(generation, EXPORT_PHASE, 1), 0);
  let [items, bytes] = [0, 0];
  for await (const line of exportLines(stage, workspaces, scope)) {
    if (isFull(open, line.bytes)) {
      slices.push(open);
      open = emptySlice(sliceId(generation, EXPORT_PHASE, slices.length + 1), writer.bytes);
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
