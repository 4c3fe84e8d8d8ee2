import { INDEX_JSON, packageIndexSchema } from "../shared/core/package-index.ts";
import { besideUploadStream } from "./export/beside-upload-stream.ts";
import { type AzuriteVersion, type ExportStack, exportStack } from "./export/export-stack.ts";
import { type Figure, rounded } from "./figure.ts";
import type { Usage } from "./process-usage.ts";

/**
 * Exports one data set of `ratioBytes` beside the SDK, `rounds` times; then one of `bytes` and one of `smallBytes`, and
 * the large one once more, killed `kills` times.
 */
export type ExportLargeOptions = {
  readonly ratioBytes: number;
  readonly rounds: number;
  readonly azurite: AzuriteVersion;
  readonly bytes: number;
  readonly smallBytes: number;
  readonly kills: number;
  readonly onProgress: (line: string) => void;
};

/** A large export may take so much more memory than a small one, and read so much of its source again. */
const MEMORY_TARGET = 1.1;
const REREAD_TARGET = 0.05;

const GIGABYTE = 1e9;

/** Short times, so that a killed worker's slice is taken over soon. */
const KILL_SETTINGS = {
  LEASE_MS: "2000",
  LOOK_AFTER_MS: "2000",
  RECONCILE_SCHEDULE: "* * * * * *",
};

/** Measures the speed beside the SDK, the peak memory of the host, seal and zip included, and what kills cost in bytes of the source. */
export async function runExportLarge(options: ExportLargeOptions): Promise<Figure[]> {
  const { bytes, smallBytes, kills, onProgress } = options;
  const speed = await besideUploadStream({ ...options, bytes: options.ratioBytes });
  const small = await exportWhole(smallBytes);
  onProgress(`${smallBytes} bytes: peak ${rounded(small.peakRssMB)} MB`);
  const large = await exportWhole(bytes);
  onProgress(`${bytes} bytes: peak ${rounded(large.peakRssMB)} MB`);
  const ratio = large.peakRssMB / small.peakRssMB;
  const memory: Figure = {
    name: "export-large: peak memory, large beside small",
    ratio: rounded(ratio),
    target: MEMORY_TARGET,
    holds: ratio <= MEMORY_TARGET,
    spread: null,
    cpuSecondsPerGB: rounded(large.cpuSeconds / (bytes / GIGABYTE)),
    peakRssMB: rounded(large.peakRssMB),
    details: { bytes, smallBytes, smallPeakRssMB: rounded(small.peakRssMB) },
  };
  return [speed, memory, ...(kills === 0 ? [] : [await exportKilled(options)])];
}

async function exportWhole(bytes: number): Promise<Usage> {
  await using stack = await exportStack({ datasets: 1, bytes: [bytes] });
  const id = await stack.submit();
  await stack.untilEnded(id);
  await expectProven(stack, id);
  return stack.usage();
}

async function exportKilled({ bytes, kills, onProgress }: ExportLargeOptions): Promise<Figure> {
  await using stack = await exportStack({ datasets: 1, bytes: [bytes] }, KILL_SETTINGS);
  const id = await stack.submit();
  for (let kill = 1; kill <= kills; kill += 1) {
    await untilRead(stack, (bytes * kill) / (kills + 1));
    await stack.kill();
    onProgress(`kill ${kill} of ${kills}: ${await stack.sourceBytes()} bytes were read`);
  }
  await stack.untilEnded(id);
  await expectProven(stack, id);
  const reread = (await stack.sourceBytes()) - bytes;
  return {
    name: "export-large: bytes of the source read twice",
    ratio: reread / bytes,
    target: REREAD_TARGET,
    holds: reread / bytes <= REREAD_TARGET,
    spread: null,
    cpuSecondsPerGB: null,
    peakRssMB: null,
    details: { bytes, kills, rereadBytes: reread },
  };
}

async function untilRead(stack: ExportStack, bytes: number): Promise<void> {
  while ((await stack.sourceBytes()) < bytes)
    await new Promise((resolve) => setTimeout(resolve, 20));
}

/** The package holds the source's bytes, as a digest that was taken beside the app tells; and it is zipped. */
async function expectProven(stack: ExportStack, id: string): Promise<void> {
  const { files } = await stack.untilZipped(id);
  const link = files.find(({ path }) => path === INDEX_JSON)?.url ?? "";
  const { assets } = packageIndexSchema.parse(await (await fetch(link)).json());
  for (const { kind, sourceId, files: exported } of assets) {
    if (kind !== "dataset") continue;
    const digest = await stack.sourceDigest(sourceId);
    const isThere = exported.some(({ sha256 }) => sha256 === digest);
    if (!isThere) throw new Error("The package does not hold the source's bytes");
  }
}
