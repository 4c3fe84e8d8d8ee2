import { createHash } from "node:crypto";
import { planFacts } from "../core/asset.ts";
import type { PrivacyRequest, Workspace } from "../core/request.ts";
import { EXPORT_PHASE, isFull, type OpenSlice, sliceId } from "../core/slice.ts";
import { BlobWriter } from "./blob-writer.ts";
import { commit } from "./commit.ts";
import { exportLines } from "./export-inventory.ts";
import { findWorkspaces } from "./inventory.ts";
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

type Inventory = { slices: OpenSlice[]; planHash: string; items: number; bytes: number };

async function writeInventory(
  stage: Stage,
  { requestId, generation, scope }: PrivacyRequest,
  workspaces: readonly Workspace[],
): Promise<Inventory> {
  const writer = new BlobWriter(stage, { requestId, name: inventoryBlob(generation) });
  const hash = createHash("sha256");
  const slices: OpenSlice[] = [];
  let open = emptySlice(generation, 1, 0);
  let [items, bytes] = [0, 0];
  for await (const line of exportLines(stage, workspaces, scope)) {
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
