import type { Clock } from "../clock.ts";
import type { SurfaceName } from "../http/surface-name.ts";
import { type CallSubject, subjectOf } from "./call-subject.ts";

/**
 * One call as a test may look at it afterwards: evidence of what was asked for that does not come from who
 * asked. The query is left out because link signatures stand there; headers are left out because tokens do.
 */
export type Call = CallSubject & {
  readonly sequence: number;
  /** When it arrived, by the machine's clock. */
  readonly at: string;
  /** The same by the simulators' clock, which tests move. */
  readonly clockAt: string;
  readonly surface: SurfaceName;
  readonly method: string;
  readonly path: string;
  /** Null while no status line was sent, which stays so after a connection reset. */
  status: number | null;
  /** How many bytes of a streamed body were handed to the network. */
  sentBytes: number;
};

const MAX_CALLS = 100_000;
const SPARE_CALLS = 10_000;

/** The calls made to all surfaces in order of arrival; at least the last 100,000 are kept. */
export class CallLog {
  readonly #clock: Clock;
  #calls: Call[] = [];
  #sequence = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Notes an arriving call; the caller sets `status` when it answers. */
  begin(call: Pick<Call, "surface" | "method" | "path">): Call {
    this.#sequence += 1;
    const entry: Call = {
      sequence: this.#sequence,
      at: new Date().toISOString(),
      clockAt: new Date(this.#clock.now()).toISOString(),
      ...call,
      ...subjectOf(call),
      status: null,
      sentBytes: 0,
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
