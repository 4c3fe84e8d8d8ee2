import { z } from "zod";
import {
  type OpenSlice,
  type Outcome,
  outcomeSchema,
  type ReportLine,
  reportLineSchema,
} from "../core/slice.ts";
import { BlobWriter } from "./blob-writer.ts";
import { partBlob, reportBlob } from "./layout.ts";
import { knownLines, toLine } from "./ndjson.ts";
import type { Stage } from "./stage.ts";

/** The results of a slice's assets: kept from call to call, and reported at the end. */

const resultSchema = z.object({ outcome: outcomeSchema, lines: z.array(reportLineSchema) });
/** `outcome` is null for an asset that is not done: its lines are the files that are. */
const numberedSchema = resultSchema.extend({
  outcome: outcomeSchema.nullable(),
  number: z.int().nonnegative(),
});

/** An asset's outcome and its lines in the slice's report. */
export type AssetResult = z.infer<typeof resultSchema>;

/** A file's line in the slice's report. */
export type FileLine = Extract<ReportLine, { type: "file" }>;

type Numbered = z.infer<typeof numberedSchema>;
type Part = OpenSlice["parts"][number];
type Blobs = Pick<Stage, "packages" | "pace">;

/** Results are put aside when their lines come to so many characters, so that memory does not grow with them. */
const MAX_PENDING_CHARS = 2 * 1024 * 1024;

/**
 * The results so far, by the number of the asset in its slice. Lines are in memory only until they are put aside
 * in a part; of what is in parts, only the outcomes are.
 */
export class SliceResults {
  readonly #outcomes = new Map<number, Outcome>();
  readonly #begun = new Map<number, ReadonlyMap<string, FileLine>>();
  #pending = new Map<number, string>();
  #pendingChars = 0;
  #partsMade = 0;

  /** What earlier calls came to. Throws `package-corrupt` when a part is not the one that was recorded. */
  static async of(
    { packages }: Blobs,
    requestId: string,
    { parts }: OpenSlice,
  ): Promise<SliceResults> {
    const results = new SliceResults();
    for (const part of parts) {
      for await (const { number, outcome, lines } of linesOf(packages, requestId, part)) {
        if (outcome === null) results.#begun.set(number, byName(lines));
        else results.#outcomes.set(number, outcome);
      }
    }
    return results;
  }

  /** Whether the asset is done. */
  has(number: number): boolean {
    return this.#outcomes.has(number);
  }

  /** The files of an asset that earlier calls have finished, by their blobs. */
  filesOf(number: number): ReadonlyMap<string, FileLine> {
    return this.#begun.get(number) ?? new Map<string, FileLine>();
  }

  /** Adds the result of an asset. */
  add(number: number, { outcome, lines }: AssetResult): void {
    this.#outcomes.set(number, outcome);
    this.#keep(number, outcome, lines);
  }

  /** Keeps the files of an asset that another call has to go on with, so that none is read again. */
  addFiles(number: number, lines: readonly FileLine[]): void {
    if (lines.length > this.filesOf(number).size) this.#keep(number, null, [...lines]);
  }

  #keep(number: number, outcome: Outcome | null, lines: ReportLine[]): void {
    const line = toLine({ number, outcome, lines: lines.sort(byBlob) } satisfies Numbered);
    this.#pending.set(number, line);
    this.#pendingChars += line.length;
  }

  /** Whether so much is in memory that it should be put aside. */
  get isLarge(): boolean {
    return this.#pendingChars > MAX_PENDING_CHARS;
  }

  /** Stores what is in memory as a part and forgets its lines; null when there is nothing. */
  async putAside(
    stage: Blobs,
    requestId: string,
    { sliceId, epoch }: OpenSlice,
  ): Promise<Part | null> {
    if (this.#pending.size === 0) return null;
    const lines = [...this.#pending].sort(([a], [b]) => a - b).map(([, line]) => line);
    const blob = partBlob(sliceId, epoch, this.#partsMade);
    this.#partsMade += 1;
    this.#pending = new Map();
    this.#pendingChars = 0;
    return { blob, sha256: await written(stage, { requestId, name: blob }, lines) };
  }

  /** Stores the report of a slice whose assets are all done: its lines asset by asset, files as blobs are listed. */
  async report(
    stage: Blobs,
    requestId: string,
    { sliceId, epoch, parts }: OpenSlice,
  ): Promise<{ report: string; reportSha256: string; outcomes: Outcome[] }> {
    const name = reportBlob(sliceId, epoch);
    const pending = [...this.#pending].sort(([a], [b]) => a - b).map(([, line]) => line);
    const sources = [
      ...parts.map((part) => linesOf(stage.packages, requestId, part)),
      parsed(pending),
    ];
    const outcomes = [...this.#outcomes].sort(([a], [b]) => a - b).map(([, outcome]) => outcome);
    const reportSha256 = await written(stage, { requestId, name }, reportLines(sources));
    return { report: name, reportSha256, outcomes };
  }
}

function linesOf(packages: Stage["packages"], requestId: string, { blob, sha256 }: Part) {
  return knownLines(packages, { requestId, name: blob }, sha256, numberedSchema);
}

async function* parsed(lines: readonly string[]): AsyncGenerator<Numbered> {
  for (const line of lines) yield JSON.parse(line) as Numbered;
}

/** The lines of several sources, each in order of the assets' numbers, in that order. */
async function* reportLines(sources: readonly AsyncIterator<Numbered>[]): AsyncGenerator<string> {
  const heads = new Map<AsyncIterator<Numbered>, Numbered>();
  const pull = async (source: AsyncIterator<Numbered>) => {
    const { done, value } = await source.next();
    if (done === true) heads.delete(source);
    else heads.set(source, value);
  };
  for (const source of sources) await pull(source);
  while (heads.size > 0) {
    const [source, { outcome, lines }] = [...heads].reduce((a, b) =>
      a[1].number < b[1].number ? a : b,
    );
    if (outcome !== null) for (const line of lines) yield toLine(line);
    await pull(source);
  }
}

async function written(
  stage: Blobs,
  ref: { requestId: string; name: string },
  lines: Iterable<string> | AsyncIterable<string>,
): Promise<string> {
  const writer = new BlobWriter(stage, ref);
  for await (const line of lines) await writer.write(line);
  return (await writer.close()).sha256;
}

function byName(lines: readonly ReportLine[]): ReadonlyMap<string, FileLine> {
  return new Map(lines.flatMap((line) => (line.type === "file" ? [[line.blob, line]] : [])));
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
