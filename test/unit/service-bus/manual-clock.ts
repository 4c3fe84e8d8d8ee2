import type { Clock } from "../../../local/service-bus/model/clock.ts";

/** A clock that stands still until a test moves it; it fires what becomes due, in order. */
export class ManualClock implements Clock {
  #now: number;
  #calls: { at: number; callback: () => void }[] = [];

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  callAt(at: number, callback: () => void): () => void {
    const call = { at, callback };
    this.#calls.push(call);
    return () => {
      this.#calls = this.#calls.filter((each) => each !== call);
    };
  }

  advance(ms: number): void {
    this.#now += ms;
    const due = this.#calls.filter(({ at }) => at <= this.#now).sort((a, b) => a.at - b.at);
    this.#calls = this.#calls.filter(({ at }) => at > this.#now);
    for (const { callback } of due) {
      callback();
    }
  }
}
