import { createHash } from "node:crypto";
import type { Timer } from "../../../shared/core/wire.ts";
import { runStep } from "../../../shared/pipeline/run-step.ts";
import { runUpkeep } from "../../../shared/pipeline/upkeep.ts";
import type { Random } from "../../support/random.ts";
import type { Queued } from "./broker.ts";
import { FaultPlan } from "./fault-plan.ts";
import { underScheduler } from "./ports.ts";
import { type Process, quiescence, Scheduler, type Task, type Waiting } from "./scheduler.ts";
import { type DueIndexName, type SimulatedStage, simulatedWorld, type World } from "./world.ts";

/** What a broken variant makes of the ports that a task is given; it is made anew for each simulation. */
export type Rewiring = (world: World) => (stage: SimulatedStage, task: Task) => SimulatedStage;

/** A broken variant of the app. */
export type Variant = {
  readonly rewire?: Rewiring;
  /** Whether blobs are written without `If-None-Match`. */
  readonly overwrites?: boolean;
};

/** What a call to the app came to, as whoever made it was told; `unknown` when no answer came. */
export type Answered<T> =
  | { readonly answer: "ok"; readonly value: T }
  | { readonly answer: "failed"; readonly error: unknown }
  | { readonly answer: "unknown" };

const PORTS = [
  "ledger",
  "slices",
  "intents",
  "controls",
  "claims",
  "dueIndex",
  "purgeIndex",
  "deadlineIndex",
  "list",
  "bus",
  "deadLetters",
  "packages",
  "receipts",
  "signer",
  "directory",
  "provider",
  "eraser",
  "registry",
  "vault",
] as const satisfies readonly (keyof SimulatedStage)[];

const MINUTE_MS = 60_000;
const TIMERS: Record<Timer, { readonly index: DueIndexName; readonly everyMs: number }> = {
  reconcile: { index: "dueIndex", everyMs: 2 * MINUTE_MS },
  "purge-guest-exports": { index: "purgeIndex", everyMs: 15 * MINUTE_MS },
  "watch-deadlines": { index: "deadlineIndex", everyMs: 60 * MINUTE_MS },
};
const TIMER_NAMES = ["reconcile", "purge-guest-exports", "watch-deadlines"] as const;

/** So many messages does one process handle at a time. */
const SLOTS = 3;
/** A call of a store or a service takes so long at most. */
const MAX_CALL_MS = 30;
/** More than any simulation needs that comes to an end. */
const MAX_STEPS = 25_000;
/** How far the clocks of two machines may differ; a tenth of a lease is what the app allows for. */
const MAX_SKEW_MS = 2_000;

/** What may happen next. */
type Choice =
  | { readonly resume: Waiting }
  | { readonly deliver: Queued; readonly process: Process }
  | { readonly timer: Timer };

/** The app, in two processes, with its world, run by one seed. */
export class Simulation {
  readonly world: World;
  readonly scheduler: Scheduler;
  readonly #faults: FaultPlan;
  readonly #rewire: ReturnType<Rewiring>;
  readonly #processes: Process[] = [];
  readonly #slots = new Map<Process, number>();
  readonly #ranAtMs = new Map<Timer, number>();
  readonly #trace: string[] = [];
  readonly #isSlow: boolean;
  #count = 0;

  constructor(random: Random, { rewire, overwrites = false }: Variant = {}) {
    this.world = simulatedWorld(random, overwrites);
    this.scheduler = new Scheduler(random);
    this.#rewire = rewire?.(this.world) ?? ((stage) => stage);
    this.#faults = new FaultPlan(random);
    this.#isSlow = random.below(3) === 0;
    for (const name of ["a", "b"]) this.#processes.push(this.#newProcess(name, 0));
  }

  /** Everything that happened, a line for each. */
  get trace(): readonly string[] {
    return this.#trace.map((line) => {
      const [ms = "", ...rest] = line.split(" ");
      return `${new Date(Number(ms)).toISOString()} ${rest.join(" ")}`;
    });
  }

  get steps(): number {
    return this.#trace.length;
  }

  /** The same for the same seed, and for nothing else. */
  get digest(): string {
    return createHash("sha256").update(this.#trace.join("\n")).digest("hex").slice(0, 16);
  }

  /** How often which fault came. */
  get faults(): ReadonlyMap<string, number> {
    return this.#faults.counts;
  }

  /** Calls the app at one of its processes. */
  call<T>(name: string, run: (stage: SimulatedStage) => Promise<T>): Promise<Answered<T>> {
    return new Promise((resolve) => {
      const process = this.#aProcess();
      const task = this.#newTask(`${process.name} ${name}`, process);
      this.scheduler.start(
        task,
        () => run(this.#stageOf(task)),
        (outcome) =>
          resolve(
            "value" in outcome
              ? { answer: "ok", value: outcome.value }
              : { answer: "failed", error: outcome.error },
          ),
        () => resolve({ answer: "unknown" }),
      );
    });
  }

  /** Begins what a person does, apart from all processes. */
  person(name: string, live: (sleep: (ms: number) => Promise<void>) => Promise<void>): void {
    const task = this.#newTask(name, null);
    const sleep = async (ms: number): Promise<void> => {
      await this.scheduler.wait(task, "sleep", this.world.clock.nowMs + ms);
    };
    this.scheduler.start(
      task,
      () => live(sleep),
      (outcome) => {
        if ("error" in outcome) throw outcome.error;
      },
    );
  }

  /** Runs until nothing is left to be done. Returns whether it came to that. */
  async run(): Promise<boolean> {
    const { clock } = this.world;
    for (let step = 0; step < MAX_STEPS; step += 1) {
      await quiescence();
      const [first, ...others] = this.#choices();
      if (first !== undefined) {
        this.#do(this.scheduler.pick([first, ...others]));
        clock.advance(this.world.random.below(MAX_CALL_MS));
        continue;
      }
      const nextMs = this.#nextAtMs();
      if (nextMs === Number.POSITIVE_INFINITY) return true;
      clock.advance(Math.max(1, nextMs - clock.nowMs));
    }
    return false;
  }

  #choices(): Choice[] {
    const { clock, broker } = this.world;
    const now = clock.nowMs;
    const choices: Choice[] = this.scheduler.runnable(now).map((resume) => ({ resume }));
    const free = this.#processes.filter(
      (process) => process.pausedUntilMs <= now && (this.#slots.get(process) ?? 0) < SLOTS,
    );
    const [first, ...others] = free;
    for (const deliver of broker.deliverable()) {
      if (first === undefined) break;
      choices.push({ deliver, process: this.scheduler.pick([first, ...others]) });
    }
    for (const timer of TIMER_NAMES) if (this.#timerAtMs(timer) <= now) choices.push({ timer });
    return choices;
  }

  #nextAtMs(): number {
    const freeAtMs = Math.min(
      ...this.#processes.map((process) =>
        (this.#slots.get(process) ?? 0) < SLOTS ? process.pausedUntilMs : Number.POSITIVE_INFINITY,
      ),
    );
    return Math.min(
      this.scheduler.nextAtMs(),
      Math.max(freeAtMs, this.world.broker.nextAtMs()),
      ...TIMER_NAMES.map((timer) => this.#timerAtMs(timer)),
    );
  }

  /** When a timer has something to do: the earliest row that is due, at its next turn. */
  #timerAtMs(timer: Timer): number {
    const { index, everyMs } = TIMERS[timer];
    const hasLetters = timer === "reconcile" && this.world.broker.given.size > 0;
    const dueMs = hasLetters ? 0 : this.world.firstDueMs(index);
    return Math.max(dueMs, (this.#ranAtMs.get(timer) ?? 0) + everyMs);
  }

  #do(choice: Choice): void {
    if ("resume" in choice) this.#resume(choice.resume);
    else if ("deliver" in choice) this.#deliver(choice.deliver, choice.process);
    else this.#runTimer(choice.timer);
  }

  #resume(waiting: Waiting): void {
    const { task, point } = waiting;
    const { clock, broker } = this.world;
    const fault = task.process === null ? null : this.#faults.at(point);
    this.#note(`${task.name} ${point}${fault === null ? "" : ` ! ${fault}`}`);
    switch (fault) {
      case "kill":
        return this.#restart(task.process);
      case "stall":
        waiting.notBeforeMs = clock.nowMs + this.#faults.waitMs();
        return;
      case "pause":
        if (task.process !== null) task.process.pausedUntilMs = clock.nowMs + this.#faults.waitMs();
        return;
      case "jump":
        clock.advance(this.#faults.waitMs());
        return this.scheduler.resume(waiting, null);
      case "lock-lost":
        broker.loseLock(this.world.random);
        return this.scheduler.resume(waiting, null);
      default:
        return this.scheduler.resume(waiting, fault);
    }
  }

  #deliver(queued: Queued, process: Process): void {
    const { broker, clock } = this.world;
    const { message } = queued;
    const task = this.#newTask(
      `${process.name} ${queued.id.slice(0, 4)}${queued.id.slice(32)}`,
      process,
    );
    const startedMs = clock.nowMs;
    // The host renews a lock as long as it lives and the handler runs, for a while.
    const isRenewed = () =>
      !task.hasEnded &&
      process.pausedUntilMs <= clock.nowMs &&
      clock.nowMs - startedMs < 12 * MINUTE_MS;
    const lock = broker.deliver(queued, isRenewed);
    this.#note(`deliver to ${task.name}`);
    this.#slots.set(process, (this.#slots.get(process) ?? 0) + 1);
    const end = () => this.#slots.set(process, (this.#slots.get(process) ?? 1) - 1);
    const handle = async () => {
      await runStep(this.#stageOf(task), message);
      if ((await this.scheduler.wait(task, "broker.complete")) !== null) return;
      broker.complete(queued, lock);
    };
    this.scheduler.start(task, handle, (outcome) => {
      end();
      if ("error" in outcome) broker.abandon(queued, lock);
    });
  }

  #runTimer(timer: Timer): void {
    this.#ranAtMs.set(timer, this.world.clock.nowMs);
    const process = this.#aProcess();
    const task = this.#newTask(`${process.name} ${timer}`, process);
    this.#note(`timer ${task.name}`);
    const run = () => runUpkeep(this.#stageOf(task), timer, 5 * MINUTE_MS);
    this.scheduler.start(task, run, () => undefined);
  }

  #stageOf(task: Task): SimulatedStage {
    const { stage, clock, touch } = this.world;
    const at = (point: string) => this.scheduler.wait(task, point, this.#notBeforeMs(point));
    const wired: Partial<Record<(typeof PORTS)[number], object>> = {};
    for (const name of PORTS) wired[name] = underScheduler(stage[name], name, at, touch);
    const skewed = clock.skewed(task.process?.skewMs ?? 0);
    const ports = { ...stage, ...(wired as Partial<SimulatedStage>), clock: skewed };
    return this.#rewire(ports, task);
  }

  /** A slow service has calls wait for their turn before they leave, at times for longer than a lease. */
  #notBeforeMs(point: string): number {
    if (!this.#isSlow || point !== "eraser.erase") return 0;
    return this.world.clock.nowMs + this.world.random.below(2 * MINUTE_MS);
  }

  #aProcess(): Process {
    const [first, second] = this.#processes;
    if (first === undefined || second === undefined) throw new Error("There are two processes");
    return this.scheduler.pick([first, second]);
  }

  #newTask(name: string, process: Process | null): Task {
    this.#count += 1;
    return { name: `${this.#count} ${name}`, process, hasEnded: false };
  }

  #newProcess(name: string, pausedUntilMs: number): Process {
    const skewMs = this.world.random.below(2 * MAX_SKEW_MS) - MAX_SKEW_MS;
    return { name, skewMs, isAlive: true, pausedUntilMs };
  }

  #restart(process: Process | null): void {
    if (process === null) return;
    this.scheduler.kill(process);
    this.#slots.delete(process);
    const startsMs = this.world.clock.nowMs + this.world.random.below(MINUTE_MS);
    this.#processes[this.#processes.indexOf(process)] = this.#newProcess(process.name, startsMs);
  }

  #note(line: string): void {
    this.#trace.push(`${this.world.clock.nowMs} ${line}`);
  }
}
