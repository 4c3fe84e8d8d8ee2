import { setTimeout as delay } from "node:timers/promises";
import { containerName } from "../shared/adapters/blob-names.ts";
import { PAYLOAD } from "../shared/pipeline/layout.ts";
import { type ExportStack, exportStack } from "./export/export-stack.ts";
import { expectedOf, expectStored } from "./export/sides.ts";
import { type Figure, ratioFigure, rounded } from "./figure.ts";
import { median } from "./statistics.ts";

/**
 * Exports `datasets` of `bytes` by two hosts, without a kill and with one every `killEveryMs`, but no more than `kills`,
 * in turns, `rounds` times.
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

/**
 * So that a dead worker's slices are soon taken over by the other host, as by another instance on Azure. One slice at a
 * time for each host, for a kill costs what every slice has in hand.
 */
const SETTINGS = {
  AzureFunctionsJobHost__extensions__serviceBus__maxConcurrentCalls: "1",
  LEASE_MS: "2000",
  LOOK_AFTER_MS: "500",
  RECONCILE_SCHEDULE: "* * * * * *",
};

type Run = { readonly seconds: number; readonly rereadShare: number; readonly kills: number };

/** Measures what kills cost in time, and in bytes that are read twice from the source. */
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
  await using cleanUp = new AsyncDisposableStack();
  const stack = cleanUp.use(await exportStack({ datasets, bytes: [bytes] }, SETTINGS));
  const another = stack.anotherHost();
  cleanUp.defer(() => another.stop());
  await another.start();
  const expected = await expectedOf(stack);
  const id = await stack.submit();
  const ended = stack.untilEnded(id);
  const hosts: Host[] = [
    stack,
    {
      kill: async () => {
        await another.kill();
        await another.start();
      },
    },
  ];
  const kills = await killUntil(hosts, ended, killEveryMs, most);
  const { seconds } = await ended;
  const rereadShare = (await stack.sourceBytes()) / (datasets * bytes) - 1;
  await expectStored(stack, containerName(id), PAYLOAD, expected);
  return { seconds, rereadShare, kills };
}

/** Something that is killed, and resolves when its successor answers. */
type Host = Pick<ExportStack, "kill">;

/** Kills the hosts in turn, one every so often; those after the last kill live on. */
async function killUntil(
  hosts: readonly Host[],
  ended: Promise<unknown>,
  everyMs: number,
  most: number,
): Promise<number> {
  const isOver = ended.then(() => true);
  const restarts = hosts.map(() => Promise.resolve());
  let kills = 0;
  try {
    for (; kills < most; kills += 1) {
      if (await Promise.race([isOver, delay(everyMs, false)])) break;
      const turn = kills % hosts.length;
      await restarts[turn];
      restarts[turn] = hosts[turn]?.kill() ?? Promise.resolve();
    }
  } finally {
    // No host may be starting while the stack ends.
    await Promise.all(restarts);
  }
  return kills;
}
