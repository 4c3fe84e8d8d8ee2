import type { Random } from "../../support/random.ts";
import { type Fault, faultsAt } from "./faults.ts";

const MINUTE_MS = 60_000;

/** Where most is at stake: what cannot be undone, and what says that something is done. Faults come there more often. */
const CRITICAL = new Set([
  "eraser.erase",
  "intents.save",
  "ledger.create",
  "ledger.save",
  "packages.commit",
  "packages.put",
  "packages.purge",
  "slices.save",
  "slices.settle",
  "broker.complete",
]);
const TIMES_MORE_OFTEN = 4;

/** When faults come, and how many: fewer than a request has tries, so that none may be given up. */
export class FaultPlan {
  readonly #random: Random;
  readonly #everySteps: number;
  readonly counts = new Map<string, number>();
  #left: number;
  #quietSteps: number;

  constructor(random: Random) {
    this.#random = random;
    this.#left = random.below(36);
    // Some come close together, some all along; some only when much is done already.
    this.#everySteps = [10, 25, 60, 200][random.below(4)] ?? 25;
    this.#quietSteps = random.below(3) === 0 ? random.below(2_500) : 0;
  }

  /** The fault that comes at this point, if one does. */
  at(point: string): Fault | null {
    if (this.#quietSteps > 0) {
      this.#quietSteps -= 1;
      return null;
    }
    const times = CRITICAL.has(point) ? TIMES_MORE_OFTEN : 1;
    if (this.#left === 0 || this.#random.below(this.#everySteps) >= times) return null;
    const faults = faultsAt(point);
    const fault = faults[this.#random.below(faults.length)] ?? faults[0];
    this.#left -= 1;
    this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1);
    return fault;
  }

  /** How long something stands still: shorter than a lease, or longer than everything. */
  waitMs(): number {
    const longest = [MINUTE_MS / 2, 2 * MINUTE_MS, 15 * MINUTE_MS][this.#random.below(3)];
    return 1_000 + this.#random.below(longest ?? MINUTE_MS);
  }
}
