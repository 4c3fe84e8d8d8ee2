import { type InventoryLine, inventoryLineSchema } from "../core/asset.ts";
import type { ExceptionLine, FileLine, PackageAsset } from "../core/index-asset.ts";
import type { Plan } from "../core/request.ts";
import {
  type DoneSlice,
  EXPORT_PHASE,
  type ReportLine,
  reportLineSchema,
  slicePrefix,
} from "../core/slice.ts";
import { AppError } from "../errors.ts";
import { inventoryBlob } from "./layout.ts";
import { knownLines, parseLines } from "./ndjson.ts";
import type { Stage } from "./stage.ts";

type Reading = Pick<Stage, "packages" | "slices">;

/**
 * The assets of a plan whose slices are all settled, in order, each with what became of it; its files come in the
 * order of their blobs' names. One asset at a time is in memory. Throws `store-conflict` when a slice is not
 * settled, `package-corrupt` when inventory and reports do not fit together.
 */
export async function* packageAssets(
  stage: Reading,
  requestId: string,
  plan: Plan,
): AsyncGenerator<PackageAsset> {
  const { generation, sliceCount } = plan;
  const inventory = await stage.packages.read({ requestId, name: inventoryBlob(generation) });
  const lines = parseLines(inventory, inventoryLineSchema);
  let slices = 0;
  for await (const slice of stage.slices.done(requestId, slicePrefix(generation, EXPORT_PHASE))) {
    slices += 1;
    yield* assetsOf(stage, requestId, plan, slice, lines);
  }
  if (slices !== sliceCount) {
    throw new AppError("store-conflict", `${slices} of ${sliceCount} slices are settled`);
  }
}

async function* assetsOf(
  { packages }: Reading,
  requestId: string,
  { workspaces }: Plan,
  { report, reportSha256, outcomes }: DoneSlice,
  inventory: AsyncIterator<InventoryLine>,
): AsyncGenerator<PackageAsset> {
  const lines = knownLines(packages, { requestId, name: report }, reportSha256, reportLineSchema);
  let next = await lines.next();
  for (const [number, { assetId }] of outcomes.entries()) {
    const { done, value: line } = await inventory.next();
    const workspace = done === true ? undefined : workspaces[line.workspace];
    if (done === true || line.assetId !== assetId || workspace === undefined) throw torn();
    const own: ReportLine[] = [];
    while (next.done !== true && next.value.asset === number) {
      own.push(next.value);
      next = await lines.next();
    }
    yield { line, workspace, files: own.filter(isFile), exceptions: own.filter(isException) };
  }
  if (next.done !== true) throw torn();
}

function isFile(line: ReportLine): line is FileLine {
  return line.type === "file";
}

function isException(line: ReportLine): line is ExceptionLine {
  return line.type === "exception";
}

function torn(): AppError {
  return new AppError("package-corrupt", "A slice's report does not fit the inventory");
}
