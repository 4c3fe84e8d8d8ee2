import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { z } from "zod";
import { APP } from "../build-options.ts";
import { type Figure, ratioFigure, rounded } from "./figure.ts";
import { median } from "./statistics.ts";

/** Loads each app `loads` times in a round, each time in a process of its own. */
export type ColdStartOptions = {
  readonly rounds: number;
  readonly loads: number;
  readonly onProgress: (line: string) => void;
};

/** The whole app may take so many times as long as its entry without an SDK; the intake alone so many. */
const WHOLE_TARGET = 4;
const INTAKE_TARGET = 2;

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));

const loadedSchema = z.object({
  tookMs: z.number(),
  cpuMs: z.number(),
  peakRssMB: z.number(),
  functions: z.array(z.string()),
});
type Loaded = z.infer<typeof loadedSchema>;

/** What is loaded: a built file, and the groups of functions that it is to register. */
type Entry = { readonly name: string; readonly file: string; readonly groups: string };

/** Compares the load of the built app, until its functions are registered, with its entry and nothing behind it. */
export async function runColdStart(options: ColdStartOptions): Promise<Figure[]> {
  const folder = await mkdtemp(join(root, "dist", "bench-"));
  try {
    return await compare(options, await buildEntries(folder));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Built as the app is, beside it, so that the same packages are found. */
async function buildEntries(outdir: string) {
  const here = (name: string) => join(root, "bench", "cold-start", `${name}.ts`);
  const entryPoints = { bare: here("bare-entry"), library: here("library-entry") };
  await build({ ...APP, outdir, entryPoints });
  const all = "intake,export,delete,upkeep";
  const main = join(root, "dist", "main.js");
  return {
    whole: { name: "whole", file: main, groups: all },
    intake: { name: "intake", file: main, groups: "intake" },
    bare: { name: "bare", file: join(outdir, "bare.js"), groups: all },
    library: { name: "library", file: join(outdir, "library.js"), groups: all },
  };
}

async function compare(
  { rounds, loads, onProgress }: ColdStartOptions,
  entries: Awaited<ReturnType<typeof buildEntries>>,
): Promise<Figure[]> {
  const values = await settings();
  const turns = new Map<string, Loaded[]>();
  for (let round = 1; round <= rounds; round += 1) {
    for (const entry of Object.values(entries)) {
      const turn = await loadOften(entry, loads, values);
      turns.set(entry.name, [...(turns.get(entry.name) ?? []), turn]);
      onProgress(`${round}/${rounds} ${entry.name}: ${rounded(turn.tookMs)} ms`);
    }
  }
  const of = (name: string) => turns.get(name) ?? [];
  assertSame(of("whole"), of("bare"));
  const figure = (name: string, target: number) =>
    ratioFigure({
      name: `cold-start: milliseconds until the functions are registered, ${name}`,
      measured: of(name).map(({ tookMs }) => tookMs),
      compared: of("bare").map(({ tookMs }) => tookMs),
      target: () => target,
      bound: "at-most",
      cpuSecondsPerGB: null,
      peakRssMB: Math.max(...of(name).map(({ peakRssMB }) => peakRssMB)),
      details: {
        functions: of(name)[0]?.functions.length ?? 0,
        cpuMs: rounded(median(of(name).map(({ cpuMs }) => cpuMs))),
        comparedCpuMs: rounded(median(of("bare").map(({ cpuMs }) => cpuMs))),
        libraryAloneMs: rounded(median(of("library").map(({ tookMs }) => tookMs))),
      },
    });
  return [figure("whole", WHOLE_TARGET), figure("intake", INTAKE_TARGET)];
}

/** The settings of the local stack on its default ports; nothing is called. */
async function settings(): Promise<Record<string, string>> {
  const text = await readFile(join(root, "local.settings.json"), "utf8");
  return z.object({ Values: z.record(z.string(), z.string()) }).parse(JSON.parse(text)).Values;
}

/** The quickest of several loads: what else the machine does only adds. */
async function loadOften(
  { file, groups }: Entry,
  loads: number,
  values: Record<string, string>,
): Promise<Loaded> {
  const env = { PATH: process.env["PATH"], ...values, FUNCTION_GROUPS: groups };
  const script = join(root, "bench", "cold-start", "load.ts");
  const all: Loaded[] = [];
  for (let load = 0; load < loads; load += 1) {
    const { stdout } = await run(process.execPath, [script, file], { env });
    all.push(loadedSchema.parse(JSON.parse(stdout)));
  }
  const [quickest] = all.toSorted((a, b) => a.tookMs - b.tookMs);
  if (quickest === undefined) throw new Error("A round needs at least one load");
  return quickest;
}

/** Both sides registered the same functions. */
function assertSame(whole: readonly Loaded[], bare: readonly Loaded[]): void {
  const [ours, theirs] = [whole, bare].map((loads) => loads[0]?.functions.join());
  if (ours !== theirs) throw new Error(`The app registers ${ours}, the bare entry ${theirs}`);
}
