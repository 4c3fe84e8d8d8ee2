import { createHash } from "node:crypto";
import type { Timer } from "../../../shared/core/wire.ts";
import { runStep } from "../../../shared/pipeline/run-step.ts";
import { runUpkeep } from "../../../shared/pipeline/upkeep.ts";
import type { Random } from "../../support/random.ts";
import type { Queued } from "./broker.ts";
import { FaultPlan } from "./fault-plan.ts";
import { isVerdict } from "./faults.ts";
import { allUnderScheduler } from "./ports.ts";
import { Processes } from "./processes.ts";
import { type Process, quiescence, Scheduler, type Task, type Waiting } from "./scheduler.ts";
import { Timers } from "./timers.ts";
import type { Rewiring, Variant } from "./variant.ts";
import { type SimulatedStage, simulatedWorld, type World } from "./world.ts";

/** What a call to the app came to, as whoever made it was told; `unknown` when no answer came. */
export type Answered<T> =
  | { readonly answer: "ok"; readonly value: T }
  | { readonly answer: "failed"; readonly error: unknown }
  | { readonly answer: "unknown" };

const MINUTE_MS = 60_000;
/** For so long does the host renew the lock of a message whose handler runs. */
const MAX_RENEWAL_MS = 12 * MINUTE_MS;
/** A call of a store or a service takes so long at most. */
const MAX_CALL_MS = 30;
/** More than any simulation needs that comes to an end. */
const MAX_STEPS = 25_000;
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
  readonly #processes: Processes;
  readonly #timers: Timers;
  readonly #trace: string[] = [];
  readonly #isSlow: boolean;
  readonly #failures: unknown[] = [];
  #count = 0;

  constructor(random: Random, { rewire, overwrites = false }: Variant = {}) {
    this.world = simulatedWorld(random, overwrites);
    this.scheduler = new Scheduler(random);
    this.#rewire = rewire?.(this.world) ?? ((stage) => stage);
    this.#faults = new FaultPlan(random);
    this.#isSlow = random.below(3) === 0;
    this.#processes = new Processes(random, this.world.clock);
    this.#timers = new Timers(this.world);
  }

  /** Everything that happened, a line for each. */
  get trace(): readonly string[] {
    return this.#trace.map((line) => {
      const [ms = "", ...rest] = line.split(" ");
      return `${new Date(Number(ms)).toISOString()} ${rest.join(" ")}`;
    });
  }

  /** How many steps it took. */
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
      const process = this.#processes.any();
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
        if ("error" in outcome) this.#failures.push(outcome.error);
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
      // A person who cannot go on is a mistake in the simulation.
      if (this.#failures.length > 0) throw this.#failures[0];
      if (nextMs === Number.POSITIVE_INFINITY) return true;
      clock.advance(Math.max(1, nextMs - clock.nowMs));
    }
    return false;
  }

  #choices(): Choice[] {
    const { clock, broker } = this.world;
    const now = clock.nowMs;
    const choices: Choice[] = this.scheduler.runnable(now).map((resume) => ({ resume }));
    for (const deliver of broker.deliverable()) {
      const process = this.#processes.free();
      if (process !== null) choices.push({ deliver, process });
    }
    for (const timer of this.#timers.due(now)) choices.push({ timer });
    return choices;
  }

  #nextAtMs(): number {
    const deliverableMs = Math.max(this.#processes.freeAtMs(), this.world.broker.nextAtMs());
    return Math.min(this.scheduler.nextAtMs(), deliverableMs, this.#timers.nextAtMs());
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
    if (fault === "kill" && task.process !== null) {
      this.scheduler.kill(task.process);
      this.#processes.replace(task.process);
    } else if (fault === "stall") {
      waiting.notBeforeMs = clock.nowMs + this.#faults.waitMs();
    } else if (fault === "pause" && task.process !== null) {
      task.process.pausedUntilMs = clock.nowMs + this.#faults.waitMs();
    } else {
      if (fault === "jump") clock.advance(this.#faults.waitMs());
      if (fault === "lock-lost") broker.loseLock(this.world.random);
      this.scheduler.resume(waiting, isVerdict(fault) ? fault : null);
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
      clock.nowMs - startedMs < MAX_RENEWAL_MS;
    const lock = broker.deliver(queued, isRenewed);
    this.#note(`deliver to ${task.name}`);
    this.#processes.occupy(process, 1);
    const handle = async () => {
      await runStep(this.#stageOf(task), message);
      if ((await this.scheduler.wait(task, "broker.complete")) !== null) return;
      broker.complete(queued, lock);
    };
    this.scheduler.start(task, handle, (outcome) => {
      this.#processes.occupy(process, -1);
      if ("error" in outcome) broker.abandon(queued, lock);
    });
  }

  #runTimer(timer: Timer): void {
    this.#timers.began(timer);
    const process = this.#processes.any();
    const task = this.#newTask(`${process.name} ${timer}`, process);
    this.#note(`timer ${task.name}`);
    const run = () => runUpkeep(this.#stageOf(task), timer, 5 * MINUTE_MS);
    this.scheduler.start(task, run, () => undefined);
  }

  #stageOf(task: Task): SimulatedStage {
    const { stage, clock, touch } = this.world;
    const at = (point: string) => this.scheduler.wait(task, point, this.#notBeforeMs(point));
    const skewed = clock.skewed(task.process?.skewMs ?? 0);
    const ports = { ...stage, ...allUnderScheduler(stage, at, touch), clock: skewed };
    return this.#rewire(ports, task);
  }

  /** A slow service has calls wait for their turn before they leave, at times for longer than a lease. */
  #notBeforeMs(point: string): number {
    if (!this.#isSlow || point !== "eraser.erase") return 0;
    return this.world.clock.nowMs + this.world.random.below(2 * MINUTE_MS);
  }

  #newTask(name: string, process: Process | null): Task {
    this.#count += 1;
    return { name: `${this.#count} ${name}`, process, hasEnded: false };
  }

  #note(line: string): void {
    this.#trace.push(`${this.world.clock.nowMs} ${line}`);
  }
}
