import type { Random } from "../../support/random.ts";
import type { VirtualClock } from "./clock.ts";
import type { Process } from "./scheduler.ts";

/** So many messages does one process handle at a time. */
const SLOTS = 3;
/** How far a clock may be off; two differ by no more than what the app allows for, a tenth of a lease. */
const MAX_SKEW_MS = 2_000;
const MAX_START_MS = 60_000;

/** The two processes of the app. Another takes the place of one that was killed. */
export class Processes {
  readonly #random: Random;
  readonly #clock: VirtualClock;
  readonly #busy = new Map<Process, number>();
  readonly #all: [Process, Process];

  constructor(random: Random, clock: VirtualClock) {
    this.#random = random;
    this.#clock = clock;
    this.#all = [this.#fresh("a", 0), this.#fresh("b", 0)];
  }

  /** One of them. */
  any(): Process {
    return this.#all[this.#random.below(2)] ?? this.#all[0];
  }

  /** One that can take another message now, or null. */
  free(): Process | null {
    const free = this.#all.filter(
      (process) => process.pausedUntilMs <= this.#clock.nowMs && this.#hasSlot(process),
    );
    return free[this.#random.below(Math.max(1, free.length))] ?? null;
  }

  /** When one of them can take a message; infinite while both have all they can handle. */
  freeAtMs(): number {
    const free = this.#all.filter((process) => this.#hasSlot(process));
    return Math.min(...free.map(({ pausedUntilMs }) => pausedUntilMs));
  }

  /** Takes a slot for a message, or gives it back. */
  occupy(process: Process, by: 1 | -1): void {
    this.#busy.set(process, (this.#busy.get(process) ?? 0) + by);
  }

  /** Puts a new process, which takes a while to start, into the place of one that was killed. */
  replace(process: Process): void {
    this.#busy.delete(process);
    const startsMs = this.#clock.nowMs + this.#random.below(MAX_START_MS);
    this.#all[this.#all[0] === process ? 0 : 1] = this.#fresh(process.name, startsMs);
  }

  #hasSlot(process: Process): boolean {
    return (this.#busy.get(process) ?? 0) < SLOTS;
  }

  #fresh(name: string, pausedUntilMs: number): Process {
    const skewMs = this.#random.below(2 * MAX_SKEW_MS) - MAX_SKEW_MS;
    return { name, skewMs, isAlive: true, pausedUntilMs };
  }
}
