import type { Timer } from "../../../shared/core/wire.ts";
import type { DueIndexName, World } from "./world.ts";

const MINUTE_MS = 60_000;
const TIMERS: Record<Timer, { readonly index: DueIndexName; readonly everyMs: number }> = {
  reconcile: { index: "dueIndex", everyMs: 2 * MINUTE_MS },
  "purge-guest-exports": { index: "purgeIndex", everyMs: 15 * MINUTE_MS },
  "watch-deadlines": { index: "deadlineIndex", everyMs: 60 * MINUTE_MS },
};
const NAMES = ["reconcile", "purge-guest-exports", "watch-deadlines"] as const;

/**
 * The timers of the app, each at its turn and not while it has nothing to do: that would be a run of which nothing
 * comes. One begins whether or not its last run has come to an end, as with two hosts.
 */
export class Timers {
  readonly #world: World;
  readonly #ranAtMs = new Map<Timer, number>();

  constructor(world: World) {
    this.#world = world;
  }

  /** The timers whose turn it is. */
  due(nowMs: number): readonly Timer[] {
    return NAMES.filter((timer) => this.#nextMs(timer) <= nowMs);
  }

  /** When the next one has its turn; infinite when none has anything to do. */
  nextAtMs(): number {
    return Math.min(...NAMES.map((timer) => this.#nextMs(timer)));
  }

  /** Notes that one has begun. */
  began(timer: Timer): void {
    this.#ranAtMs.set(timer, this.#world.clock.nowMs);
  }

  #nextMs(timer: Timer): number {
    const { index, everyMs } = TIMERS[timer];
    const hasLetters = timer === "reconcile" && this.#world.broker.given.size > 0;
    const dueMs = hasLetters ? 0 : this.#world.firstDueMs(index);
    return Math.max(dueMs, (this.#ranAtMs.get(timer) ?? 0) + everyMs);
  }
}
