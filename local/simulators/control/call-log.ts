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

const MAX_READS = 100_000;
const SPARE_READS = 10_000;

/**
 * The calls made to all surfaces in order of arrival. Every call that changes something is kept, and at
 * least the last 100,000 others.
 */
export class CallLog {
  readonly #clock: Clock;
  #calls: Call[] = [];
  #reads = 0;
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
    if (!entry.isMutating) this.#reads += 1;
    if (this.#reads === MAX_READS + SPARE_READS) this.#forgetOldest();
    return entry;
  }

  list(): readonly Call[] {
    return this.#calls;
  }

  clear(): void {
    this.#calls = [];
    this.#reads = 0;
  }

  /** Many at once: taking the first off a long list each time would cost more than the call. */
  #forgetOldest(): void {
    let toForget = SPARE_READS;
    this.#calls = this.#calls.filter(({ isMutating }) => {
      if (isMutating || toForget === 0) return true;
      toForget -= 1;
      return false;
    });
    this.#reads = MAX_READS;
  }
}
