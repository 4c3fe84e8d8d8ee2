import type { Random } from "../../support/random.ts";
import type { Verdict } from "./faults.ts";

/**
 * The one scheduler of a simulation. Whatever is going on waits at a point, a call of a port or the sleep of a person,
 * and goes on when it is picked: nothing else decides an order.
 */

/** A process of the app. When it is killed none of its tasks goes on, and another takes its place. */
export type Process = {
  readonly name: string;
  /** How much its clock differs from the others'. */
  readonly skewMs: number;
  isAlive: boolean;
  pausedUntilMs: number;
};

/** A call of a handler, or a person (`process` is null). */
export type Task = { readonly name: string; readonly process: Process | null; hasEnded: boolean };

/** Something that waits at a point. */
export type Waiting = {
  readonly task: Task;
  readonly point: string;
  notBeforeMs: number;
  readonly go: (verdict: Verdict | null) => void;
};

/** Holds what waits, and lets one go on at a time. */
export class Scheduler {
  readonly random: Random;
  readonly #waiting = new Set<Waiting>();
  readonly #tasks = new Map<Task, (isKilled: true) => void>();

  constructor(random: Random) {
    this.random = random;
  }

  /** How many tasks of processes are under way. */
  get taskCount(): number {
    return this.#tasks.size;
  }

  /** Waits at a point until the scheduler lets it go on; a task that was killed waits for ever. */
  wait(task: Task, point: string, notBeforeMs = 0): Promise<Verdict | null> {
    return new Promise((go) => {
      if (task.hasEnded) return;
      this.#waiting.add({ task, point, notBeforeMs, go });
    });
  }

  /** Runs a task; `whenKilled` is called instead of `whenEnded` when its process dies before. */
  start<T>(
    task: Task,
    run: () => Promise<T>,
    whenEnded: (outcome: { value: T } | { error: unknown }) => void,
    whenKilled: () => void = () => undefined,
  ): void {
    this.#tasks.set(task, whenKilled);
    const end = (outcome: { value: T } | { error: unknown }) => {
      if (task.hasEnded) return;
      task.hasEnded = true;
      this.#tasks.delete(task);
      whenEnded(outcome);
    };
    run().then(
      (value) => end({ value }),
      (error: unknown) => end({ error }),
    );
  }

  /** Kills a process: its tasks stay where they are. */
  kill(process: Process): void {
    process.isAlive = false;
    for (const waiting of this.#waiting) {
      if (waiting.task.process === process) this.#waiting.delete(waiting);
    }
    for (const [task, whenKilled] of this.#tasks) {
      if (task.process !== process) continue;
      task.hasEnded = true;
      this.#tasks.delete(task);
      whenKilled(true);
    }
  }

  /** What may go on at that instant. */
  runnable(nowMs: number): Waiting[] {
    return [...this.#waiting].filter((waiting) => readyAt(waiting) <= nowMs);
  }

  /** When the first of what waits may go on; infinite when nothing waits. */
  nextAtMs(): number {
    return [...this.#waiting].reduce((next, waiting) => Math.min(next, readyAt(waiting)), Infinity);
  }

  /** Lets one go on with what the scheduler has in store for it. */
  resume(waiting: Waiting, verdict: Verdict | null): void {
    this.#waiting.delete(waiting);
    waiting.go(verdict);
  }

  /** One of several, by the seed. */
  pick<T>(of: readonly [T, ...T[]]): T {
    return of[this.random.below(of.length)] ?? of[0];
  }
}

function readyAt({ task: { process }, notBeforeMs }: Waiting): number {
  return Math.max(notBeforeMs, process?.pausedUntilMs ?? 0);
}

/**
 * Resolves when everything has come to a point: when no promise is left that could be settled. Nothing in a simulation
 * waits for the world outside, so this takes no turn of the event loop.
 */
export function quiescence(): Promise<void> {
  return new Promise((resolve) => {
    queueMicrotask(() => process.nextTick(resolve));
  });
}
