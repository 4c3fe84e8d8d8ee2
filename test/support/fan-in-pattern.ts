import {
  claimed,
  type DoneSlice,
  EXPORT_PHASE,
  type OpenSlice,
  slicePrefix,
} from "../../shared/core/slice.ts";
import { addMs } from "../../shared/core/time.ts";
import { commit, create } from "../../shared/pipeline/commit.ts";
import { fanOut } from "../../shared/pipeline/fan-out.ts";
import { inventoryBlob, payloadPrefix } from "../../shared/pipeline/layout.ts";
import { runStep } from "../../shared/pipeline/run-step.ts";
import type { Stage } from "../../shared/pipeline/stage.ts";
import { newRequestId } from "./contracts/samples.ts";
import { submitted } from "./intakes.ts";
import { aDataset, type SourceAsset, WORKSPACE } from "./memory/source.ts";
import { aPlan, aSubmission } from "./requests.ts";
import { memoryStage } from "./stage.ts";

/** Exports that stand where only their last slices are open. */

/** What the real planner and real workers make of an export: an export of n slices begins with the first n of it. */
export type Pattern = {
  readonly open: readonly OpenSlice[];
  readonly done: readonly DoneSlice[];
  readonly blobs: ReadonlyMap<string, Buffer>;
};

/** As large as a slice may be, by what the inventory says: each asset makes a slice of its own. */
const DECLARED_BYTES = 256 * 1024 * 1024;

/** As many assets as there are to be slices, of one small file each. */
export function fanInAssets(slices: number): SourceAsset[] {
  return Array.from({ length: slices }, (_unused, index) => {
    const { asset, files } = aDataset(`${index}.csv`, "1");
    const { content = Buffer.of() } = files;
    return { asset: { ...asset, bytes: DECLARED_BYTES }, files: { content } };
  });
}

/** Exports so many slices, all of them. */
export async function fanInPattern(slices: number): Promise<Pattern> {
  const stage = memoryStage(fanInAssets(slices));
  const requestId = await submitted(stage);
  const prefix = slicePrefix(1, EXPORT_PHASE);
  const open: OpenSlice[] = [];
  await stage.bus.drain(async (message) => {
    if (message.step === "start") {
      const planned = await stage.slices.open(requestId, prefix, "", slices);
      open.push(...planned.map(({ value }) => value));
    }
    if (message.step !== "seal") await runStep(stage, message);
  });
  const blobs = new Map<string, Buffer>();
  for await (const { name } of stage.packages.list(requestId, "")) {
    const bytes = await stage.packages.read({ requestId, name });
    blobs.set(name, Buffer.concat(await Array.fromAsync(bytes)));
  }
  return { open, done: await Array.fromAsync(stage.slices.done(requestId, prefix)), blobs };
}

/** Makes an export of so many slices, of which the last `left` are open and sent. Returns its id. */
export async function plantFanIn(
  stage: Stage,
  { open, done, blobs }: Pattern,
  slices: number,
  left: number,
): Promise<string> {
  const requestId = newRequestId();
  const planned = open.slice(0, slices);
  const { offset, bytes } = planned.at(-1)?.lines ?? { offset: 0, bytes: 0 };
  const inventory = blobs.get(inventoryBlob(1))?.subarray(0, offset + bytes) ?? Buffer.of();
  await create(stage, { ...aSubmission, requestId });
  await commit(stage, requestId, { kind: "plan" });
  await stage.packages.create(requestId);
  await stage.packages.put({ requestId, name: inventoryBlob(1) }, inventory);
  await stage.slices.add(requestId, planned);
  for (const slice of done.slice(0, slices - left)) await settled(stage, requestId, slice, blobs);
  const plan = { ...aPlan(1), sliceCount: slices, items: slices, workspaces: [WORKSPACE] };
  await commit(stage, requestId, { kind: "planned", plan });
  await fanOut(stage, requestId);
  return requestId;
}

/** What a worker of the pattern left of a slice. */
async function settled(
  { slices, packages, clock }: Stage,
  requestId: string,
  done: DoneSlice,
  blobs: Pattern["blobs"],
): Promise<void> {
  const { sliceId, report } = done;
  for (const name of [report, `${payloadPrefix(sliceId)}0000-content`]) {
    await packages.put({ requestId, name }, blobs.get(name) ?? Buffer.of());
  }
  const stored = await slices.load(requestId, sliceId);
  if (stored === null) throw new Error(`The slice ${sliceId} was not planned`);
  const claim = claimed(stored.value, addMs(clock.now(), 1));
  const version = await slices.save(requestId, claim, stored.version);
  await slices.settle(requestId, done, version);
}
