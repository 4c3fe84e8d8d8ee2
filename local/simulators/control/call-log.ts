import type { SurfaceName } from "../http/surface-name.ts";

/**
 * One call as a test may look at it afterwards. The query is left out because link signatures stand
 * there; headers are left out because tokens do.
 */
export type Call = {
  readonly sequence: number;
  readonly at: string;
  readonly surface: SurfaceName;
  readonly method: string;
  readonly path: string;
  /** Null while no status line was sent, which stays so after a connection reset. */
  status: number | null;
};

const MAX_CALLS = 100_000;
const SPARE_CALLS = 10_000;

/** The calls made to all surfaces in order of arrival; at least the last 100,000 are kept. */
export class CallLog {
  #calls: Call[] = [];
  #sequence = 0;

  /** Notes an arriving call; the caller sets `status` when it answers. */
  begin(call: Pick<Call, "surface" | "method" | "path">): Call {
    this.#sequence += 1;
    const entry: Call = {
      sequence: this.#sequence,
      at: new Date().toISOString(),
      ...call,
      status: null,
    };
    this.#calls.push(entry);
    // Many at once: taking the first off a long array each time would cost more than the call.
    if (this.#calls.length === MAX_CALLS + SPARE_CALLS) this.#calls.splice(0, SPARE_CALLS);
    return entry;
  }

  list(): readonly Call[] {
    return this.#calls;
  }

  clear(): void {
    this.#calls = [];
  }
}
