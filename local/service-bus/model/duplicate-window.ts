import type { Journal } from "./journal.ts";

/**
 * The message ids seen within a time window. Every id is kept equally long, so the oldest ones are
 * the first to be forgotten.
 */
export class DuplicateWindow {
  readonly #windowMs: number;
  readonly #journal: Journal;
  readonly #untilById: Map<string, number>;

  constructor(
    windowMs: number,
    journal: Journal,
    recentIds: readonly (readonly [string, number])[],
  ) {
    this.#windowMs = windowMs;
    this.#journal = journal;
    this.#untilById = new Map(recentIds);
  }

  /** Returns true, and remembers the id, when it was not seen within the window before `now`. */
  admit(messageId: string, now: number): boolean {
    this.#forget(now);
    if (this.#untilById.has(messageId)) {
      return false;
    }
    const until = now + this.#windowMs;
    this.#untilById.set(messageId, until);
    this.#journal.rememberId(messageId, until);
    return true;
  }

  #forget(now: number): void {
    const sizeBefore = this.#untilById.size;
    for (const [messageId, until] of this.#untilById) {
      if (until > now) {
        break;
      }
      this.#untilById.delete(messageId);
    }
    if (this.#untilById.size < sizeBefore) {
      this.#journal.forgetIds(now);
    }
  }
}
