import type { Faults } from "./nemesis.ts";

/** So many requests are under way at a time. */
export const AT_ONCE = 16;

const TOLD_EVERY_MS = 10_000;
/** A request that is under way for longer is named. */
const LONG_MS = 60_000;

type Options = {
  readonly kills: number;
  readonly requests: number;
  readonly onProgress: (line: string) => void;
};

/** How far a run has come. It lets work and faults go at one pace, so that all faults come while there is work. */
export class Progress implements Disposable {
  readonly ends: Record<string, number> = {};
  readonly #options: Options;
  readonly #signal: AbortSignal;
  readonly #underWay = new Map<string, number>();
  readonly #startedAt = performance.now();
  readonly #telling: NodeJS.Timeout;
  #faults: Faults | null = null;
  #begun = 0;
  #ended = 0;
  #isOver = false;
  #changed = Promise.withResolvers<void>();

  constructor(options: Options, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#telling = setInterval(() => options.onProgress(this.#line()), TOLD_EVERY_MS);
    signal.addEventListener("abort", () => this.#change());
  }

  begun(key: string): void {
    this.#begun += 1;
    this.#underWay.set(key, performance.now());
  }

  ended(key: string, how: string): void {
    this.#ended += 1;
    this.ends[how] = (this.ends[how] ?? 0) + 1;
    this.#underWay.delete(key);
    this.#change();
  }

  killed(faults: Faults): void {
    this.#faults = faults;
    this.#change();
  }

  /** Resolves once another request is wanted, so that some are left for the kills to come. */
  untilWanted(): Promise<void> {
    const { kills, requests } = this.#options;
    return this.#until(() => this.#begun < (this.#kills() + 1) * (requests / kills) + AT_ONCE);
  }

  /** Resolves once enough requests have ended for one more kill. */
  untilDue(kills: number): Promise<void> {
    const { kills: all, requests } = this.#options;
    return this.#until(() => this.#ended >= kills * (requests / all) - AT_ONCE / 2);
  }

  #kills(): number {
    // Once the faults are over nothing is kept back for them.
    return this.#isOver ? Number.POSITIVE_INFINITY : (this.#faults?.kills ?? 0);
  }

  /** There will be no more kills. */
  over(): void {
    this.#isOver = true;
    this.#change();
  }

  async #until(isReached: () => boolean): Promise<void> {
    while (!isReached() && !this.#signal.aborted && !this.#isOver) await this.#changed.promise;
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  #line(): string {
    const now = performance.now();
    const { kills, requests } = this.#options;
    const long = [...this.#underWay].filter(([, since]) => now - since > LONG_MS);
    const named = long.slice(0, 5).map(([key, at]) => `${key} ${Math.round((now - at) / 1000)} s`);
    const ends = Object.entries(this.ends).map(([end, count]) => `${end} ${count}`);
    return [
      `${Math.round((now - this.#startedAt) / 1000)} s: ${this.#faults?.kills ?? 0}/${kills} kills`,
      `${this.#ended}/${requests} requests ended`,
      `${this.#underWay.size} under way`,
      ...ends,
      ...(named.length === 0 ? [] : [`long: ${named.join(", ")}`]),
    ].join(", ");
  }

  [Symbol.dispose](): void {
    clearInterval(this.#telling);
  }
}
