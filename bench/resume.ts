import { setTimeout as delay } from "node:timers/promises";
import { containerName } from "../shared/adapters/blob-names.ts";
import { PAYLOAD } from "../shared/pipeline/layout.ts";
import { type ExportStack, exportStack } from "./export/export-stack.ts";
import { expectedOf, expectStored } from "./export/sides.ts";
import { type Figure, ratioFigure, rounded } from "./figure.ts";
import { median } from "./statistics.ts";

/**
 * Exports `datasets` of `bytes` without a kill and with one every `killEveryMs`, but no more than `kills`, in turns,
 * `rounds` times.
 */
export type ResumeOptions = {
  readonly datasets: number;
  readonly bytes: number;
  readonly killEveryMs: number;
  readonly kills: number;
  readonly rounds: number;
  readonly onProgress: (line: string) => void;
};

const TIME_TARGET = 1.35;
const REREAD_TARGET = 0.05;

/** So that a dead worker's slices are taken over when the next host is there. On Azure another instance is. */
const SETTINGS = {
  LEASE_MS: "2000",
  LOOK_AFTER_MS: "500",
  RECONCILE_SCHEDULE: "* * * * * *",
};

type Run = { readonly seconds: number; readonly rereadShare: number; readonly kills: number };

/** Measures what kills of the host cost in time, and in bytes that are read twice from the source. */
export async function runResume(options: ResumeOptions): Promise<Figure[]> {
  const { datasets, bytes, rounds, onProgress } = options;
  const [killed, plain]: [Run[], Run[]] = [[], []];
  for (let round = 1; round <= rounds; round += 1) {
    for (const [runs, most] of [
      [plain, 0],
      [killed, options.kills],
    ] as const) {
      const run = await exportOnce({ ...options, kills: most });
      runs.push(run);
      const { seconds, kills, rereadShare } = run;
      const share = rounded(rereadShare * 100);
      onProgress(`${round}/${rounds}: ${kills} kills, ${seconds} s, ${share} % of the bytes twice`);
    }
  }
  const time = ratioFigure({
    name: "resume: time with kills beside without",
    measured: killed.map(({ seconds }) => seconds),
    compared: plain.map(({ seconds }) => seconds),
    target: () => TIME_TARGET,
    bound: "at-most",
    cpuSecondsPerGB: null,
    peakRssMB: null,
    details: { datasets, bytes, kills: median(killed.map(({ kills }) => kills)) },
  });
  return [time, rereadFigure(killed)];
}

function rereadFigure(killed: readonly Run[]): Figure {
  const shares = killed.map(({ rereadShare }) => rereadShare);
  return {
    name: "resume: bytes of the source read twice",
    ratio: rounded(median(shares)),
    target: REREAD_TARGET,
    holds: median(shares) <= REREAD_TARGET,
    spread: null,
    cpuSecondsPerGB: null,
    peakRssMB: null,
    details: { rounds: shares.length, mostOfARound: rounded(Math.max(...shares)) },
  };
}

async function exportOnce({
  datasets,
  bytes,
  kills: most,
  killEveryMs,
}: ResumeOptions): Promise<Run> {
  await using stack = await exportStack({ datasets, bytes: [bytes] }, SETTINGS);
  const expected = await expectedOf(stack);
  const id = await stack.submit();
  const ended = stack.untilEnded(id);
  const kills = await killUntil(stack, ended, killEveryMs, most);
  const { seconds } = await ended;
  const rereadShare = (await stack.sourceBytes()) / (datasets * bytes) - 1;
  await expectStored(stack, containerName(id), PAYLOAD, expected);
  return { seconds, rereadShare, kills };
}

/** Each host lives so long from when it is ready; the one after the last kill lives on. */
async function killUntil(
  stack: ExportStack,
  ended: Promise<unknown>,
  everyMs: number,
  most: number,
): Promise<number> {
  const isOver = ended.then(() => true);
  for (let kills = 0; kills < most; kills += 1) {
    if (await Promise.race([isOver, delay(everyMs, false)])) return kills;
    await stack.kill();
  }
  return most;
}
