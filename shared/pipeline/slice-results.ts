import { z } from "zod";
import {
  type OpenSlice,
  type Outcome,
  outcomeSchema,
  type ReportLine,
  reportLineSchema,
} from "../core/slice.ts";
import { partBlob, reportBlob } from "./layout.ts";
import { knownLines, toLine } from "./ndjson.ts";
import { sha256Of } from "./sha256.ts";
import type { Stage } from "./stage.ts";

/** The results of a slice's assets: kept from call to call, and reported at the end. */

const resultSchema = z.object({ outcome: outcomeSchema, lines: z.array(reportLineSchema) });
const numberedSchema = resultSchema.extend({ number: z.int().nonnegative() });

/** An asset's outcome and its lines in the slice's report. */
export type AssetResult = z.infer<typeof resultSchema>;

/** Results by the number of the asset in its slice. */
export type SliceResults = Map<number, AssetResult>;

type Blobs = Pick<Stage, "packages">;

/** What earlier calls came to. Throws `package-corrupt` when a part is not the one that was recorded. */
export async function earlierResults(
  { packages }: Blobs,
  requestId: string,
  { parts }: OpenSlice,
): Promise<SliceResults> {
  const results: SliceResults = new Map();
  for (const { blob, sha256 } of parts) {
    const ref = { requestId, name: blob };
    for await (const { number, ...result } of knownLines(packages, ref, sha256, numberedSchema)) {
      results.set(number, result);
    }
  }
  return results;
}

/** Stores the results that earlier calls did not have; null when there are none. */
export async function storePart(
  { packages }: Blobs,
  requestId: string,
  { sliceId, epoch }: OpenSlice,
  results: SliceResults,
  earlier: ReadonlySet<number>,
): Promise<OpenSlice["parts"][number] | null> {
  const fresh = [...results].filter(([number]) => !earlier.has(number));
  if (fresh.length === 0) return null;
  const text = fresh.map(([number, result]) => toLine({ number, ...result })).join("");
  const blob = partBlob(sliceId, epoch);
  await packages.put({ requestId, name: blob }, Buffer.from(text));
  return { blob, sha256: sha256Of(text) };
}

/** Stores the report of a slice whose assets are all done. */
export async function storeReport(
  { packages }: Blobs,
  requestId: string,
  { sliceId, epoch }: OpenSlice,
  results: SliceResults,
): Promise<{ report: string; reportSha256: string; outcomes: Outcome[] }> {
  const inOrder = [...results].sort(([a], [b]) => a - b).map(([, result]) => result);
  const lines = inOrder.flatMap((result) => result.lines).sort(byBlob);
  const text = lines.map(toLine).join("");
  const report = reportBlob(sliceId, epoch);
  await packages.put({ requestId, name: report }, Buffer.from(text));
  return { report, reportSha256: sha256Of(text), outcomes: inOrder.map(({ outcome }) => outcome) };
}

/** Exceptions first, then files as their blobs are listed. */
function byBlob(a: ReportLine, b: ReportLine): number {
  const [left, right] = [blobOf(a), blobOf(b)];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function blobOf(line: ReportLine): string {
  return line.type === "file" ? line.blob : "";
}
