import type { Message } from "../../shared/core/messages.ts";
import { EXPORT_PHASE, slicePrefix } from "../../shared/core/slice.ts";
import type { Change } from "../../shared/pipeline/ports.ts";
import { reconcile } from "../../shared/pipeline/reconciler.ts";
import { runStep } from "../../shared/pipeline/run-step.ts";
import type { Stage } from "../../shared/pipeline/stage.ts";
import { type Pattern, plantFanIn } from "./fan-in-pattern.ts";
import { runMortal } from "./mortal.ts";
import type { Random } from "./random.ts";
import type { MemoryStage } from "./stage.ts";

/** Fan-ins whose last workers die, and what one sweep of the reconciler makes of them. */

/** The stages, on whatever store, with a bus and a clock that a test moves. */
export type FanInStage = Stage & Pick<MemoryStage, "bus" | "clock">;

/** What came of a number of fan-ins. */
export type FanInCounts = {
  fanIns: number;
  /** Those of which a process died, and those that were not sealed when the sweep came. */
  killed: number;
  unsealedBefore: number;
  /** Those that are not sealed with every file after one sweep. */
  unsealed: number;
  /** Those that left their phase, or were sealed, while a slice was open; and those that did so more than once. */
  early: number;
  twice: number;
};

/** So many calls to ports a worker makes until it has told that its slice was the last; others make fewer. */
const WORKER_CALLS = 15;
/** Whoever seals makes more. */
const SEALER_CALLS = 27;

/**
 * Carries out one fan-in for each number of slices, side by side on one store. Up to three workers finish the last
 * slices of each; one of them dies at a random call, or else whoever seals it does. A message of a dead process is
 * lost, or comes again at once. Then time passes, and one sweep is made, by one host or by two at once.
 */
export async function runFanIns(
  stage: FanInStage,
  pattern: Pattern,
  sizes: readonly number[],
  random: Random,
): Promise<FanInCounts> {
  const early = new Set<string>();
  const watched = { ...stage, ledger: watchedLedger(stage, early) };
  const ids: string[] = [];
  for (const slices of sizes) {
    ids.push(await plantFanIn(watched, pattern, slices, 1 + random.below(Math.min(slices, 3))));
  }
  const killed = await dieOnce(watched, random);
  const unsealedBefore = await count(ids, async (id) => (await factsOf(stage, id)).seals === 0);
  stage.clock.advance(stage.pace.resendAfterMs + stage.pace.lookAfterMs);
  await Promise.all(Array.from({ length: 1 + random.below(2) }, () => reconcile(watched)));
  await stage.bus.drain((message) => deliver(watched, message));
  const sizeOf = new Map(ids.map((id, index) => [id, sizes[index]]));
  return {
    fanIns: ids.length,
    killed,
    unsealedBefore,
    unsealed: await count(ids, async (id) => (await factsOf(stage, id)).files !== sizeOf.get(id)),
    early: early.size,
    twice: await count(ids, async (id) => {
      const { settles, seals } = await factsOf(stage, id);
      return settles > 1 || seals > 1;
    }),
  };
}

/** Lets the last workers run, and whoever seals; one process of each fan-in dies. Returns how many did. */
async function dieOnce(stage: FanInStage, random: Random): Promise<number> {
  const waiting: Message[] = [];
  await stage.bus.drain(async (message) => void waiting.push(message));
  const exports = waiting.filter(({ step }) => step === "export");
  const dead = new Set<string>();
  for (const [requestId, messages] of Map.groupBy(exports, (each) => each.requestId)) {
    // Past the last of them: none of the workers dies.
    const doomed = random.below(messages.length + 1);
    const lives = await Promise.all(
      messages.map((message, index) =>
        live(stage, message, index === doomed ? WORKER_CALLS : null, random),
      ),
    );
    if (lives.includes(false)) dead.add(requestId);
  }
  await stage.bus.drain(async (message) => {
    const { requestId, step } = message;
    const isDoomed = step === "seal" && !dead.has(requestId);
    if (!(await live(stage, message, isDoomed ? SEALER_CALLS : null, random))) dead.add(requestId);
  });
  return dead.size;
}

/** What came of several rounds together. */
export function total(rounds: readonly FanInCounts[]): FanInCounts {
  const sum = (pick: (counts: FanInCounts) => number) =>
    rounds.reduce((all, each) => all + pick(each), 0);
  return {
    fanIns: sum(({ fanIns }) => fanIns),
    killed: sum(({ killed }) => killed),
    unsealedBefore: sum(({ unsealedBefore }) => unsealedBefore),
    unsealed: sum(({ unsealed }) => unsealed),
    early: sum(({ early }) => early),
    twice: sum(({ twice }) => twice),
  };
}

/** Delivers a message to a process, which dies within so many calls if that is given. Whether it lived. */
async function live(
  stage: FanInStage,
  message: Message,
  within: number | null,
  random: Random,
): Promise<boolean> {
  if (within === null) {
    await deliver(stage, message);
    return true;
  }
  const death = { atCall: 1 + random.below(within), isMade: random.below(2) === 1 };
  const lived = await runMortal(stage, death, (own) => deliver(own, message));
  if (!lived && random.below(3) === 0) await deliver(stage, message);
  return lived;
}

/** What comes after the seal is another matter. */
async function deliver(stage: Stage, message: Message): Promise<void> {
  if (message.step === "export" || message.step === "seal") await runStep(stage, message);
}

/** Sees whoever ends the phase, or seals, while a slice is open. */
function watchedLedger({ ledger, slices }: Stage, early: Set<string>): Stage["ledger"] {
  return {
    ...ledger,
    save: async (change: Change, version: string) => {
      const { requestId, state, sealedAt } = change.request;
      if (state === "sealing" || sealedAt !== null) {
        const open = await slices.open(requestId, slicePrefix(1, EXPORT_PHASE), "", 1);
        if (open.length > 0) early.add(requestId);
      }
      await ledger.save(change, version);
    },
  };
}

/** How often the phase of a request ended, how often it was sealed, and with how many files. */
async function factsOf({ ledger }: Stage, requestId: string) {
  const commands: string[] = [];
  for await (const { command } of ledger.history(requestId)) commands.push(command);
  const of = (command: string) => commands.filter((each) => each === command).length;
  const request = (await ledger.load(requestId))?.value;
  return { settles: of("settle"), seals: of("seal"), files: request?.seal?.files ?? 0 };
}

async function count(
  ids: readonly string[],
  isOne: (id: string) => Promise<boolean>,
): Promise<number> {
  const found = await Promise.all(ids.map(isOne));
  return found.filter(Boolean).length;
}
