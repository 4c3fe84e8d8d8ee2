import { setTimeout as delay } from "node:timers/promises";
import {
  type ChildSpec,
  describeExit,
  type Exit,
  type RunningChild,
  startChild,
} from "./child-process.ts";

/** A process that is started again whenever it ends without being asked to. */
export interface SupervisedChild<Ready> {
  readonly name: string;
  /** The process id of the present life; undefined between two lives. */
  readonly pid: number | undefined;
  /** How many times the process was started, the first one included. */
  readonly starts: number;
  /** Resolves when the present (or else the next) life is ready; rejects when it is stopped for good. */
  whenReady(): Promise<Ready>;
  /** Ends the present life with a signal, as a fault would; resolves when it is gone. It is started again. */
  kill(signal: "SIGKILL" | "SIGTERM"): Promise<void>;
  /** Ends the present life with its grace and resolves when the next one is ready. */
  restart(): Promise<Ready>;
  /** Ends the process for good: SIGTERM, then SIGKILL when its grace is over. Can be called again. */
  stop(): Promise<void>;
  /** Ends the process at once (SIGKILL) and for good; for a second Ctrl-C. */
  stopNow(): void;
}

/** When to start again after the n-th end in a row: 100 ms, doubled each time, at most 5 s. */
export function backOffMs(endsInARow: number): number {
  return Math.min(100 * 2 ** Math.max(0, endsInARow - 1), 5_000);
}

/** A life at least this long ends the row of failures. */
const STABLE_AFTER_MS = 10_000;

/**
 * Starts a process and keeps it running with the same arguments until `stop` is called.
 *
 * Resolves when the first life is ready; rejects, with nothing left running, when that one fails.
 * `say` gets one sentence for every unexpected end.
 */
export async function supervise<Ready>(
  spec: ChildSpec<Ready>,
  onLine: (line: string) => void,
  say: (sentence: string) => void,
): Promise<SupervisedChild<Ready>> {
  const supervisor = new Supervisor(spec, onLine, say);
  try {
    await supervisor.start();
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
  return supervisor;
}

class Supervisor<Ready> implements SupervisedChild<Ready> {
  readonly name: string;
  starts = 0;
  readonly #spec: ChildSpec<Ready>;
  readonly #onLine: (line: string) => void;
  readonly #say: (sentence: string) => void;
  readonly #stopping = new AbortController();
  #life: RunningChild<Ready> | undefined;
  /** Whether the present life was ended by `kill`: that is no failure of its own. */
  #isKilled = false;
  /** Settles with the present life, or the next one between two lives. */
  #ready = newGate<Ready>();
  #running: Promise<void> | undefined;

  constructor(
    spec: ChildSpec<Ready>,
    onLine: (line: string) => void,
    say: (sentence: string) => void,
  ) {
    this.name = spec.name;
    this.#spec = spec;
    this.#onLine = onLine;
    this.#say = say;
  }

  get pid(): number | undefined {
    return this.#life?.pid;
  }

  async start(): Promise<void> {
    const first = this.#begin();
    try {
      await first.ready;
    } catch (error) {
      await first.end();
      throw error;
    }
    this.#running = this.#keepRunning(first);
  }

  whenReady(): Promise<Ready> {
    return this.#ready.promise;
  }

  async kill(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const life = this.#life;
    this.#isKilled = life !== undefined;
    life?.signal(signal);
    await life?.exited;
  }

  async restart(): Promise<Ready> {
    await this.#life?.end();
    return this.whenReady();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#life?.end();
    await this.#running;
    this.#ready.reject(new Error(`${this.name} is stopped`));
  }

  stopNow(): void {
    this.#stopping.abort();
    this.#life?.signal("SIGKILL");
  }

  #begin(): RunningChild<Ready> {
    const life = startChild(this.#spec, this.#onLine);
    const gate = this.#ready;
    this.starts += 1;
    this.#life = life;
    life.ready.then(gate.resolve, () => {});
    // Registered first, so that whoever waits for the exit finds the gate of the next life.
    void this.#forget(life);
    return life;
  }

  async #forget(life: RunningChild<Ready>): Promise<void> {
    await life.exited;
    this.#life = undefined;
    this.#ready = newGate();
  }

  async #keepRunning(first: RunningChild<Ready>): Promise<void> {
    let life = first;
    let endsInARow = 0;
    for (;;) {
      const startedAt = performance.now();
      const exit = await this.#exitOf(life);
      if (this.#stopping.signal.aborted) return;
      const isStable = this.#isKilled || performance.now() - startedAt > STABLE_AFTER_MS;
      endsInARow = isStable ? 1 : endsInARow + 1;
      this.#isKilled = false;
      const waitMs = backOffMs(endsInARow);
      this.#say(`${this.name} ended (${describeExit(exit)}); starting it again in ${waitMs} ms`);
      // Stopping ends the wait early.
      await delay(waitMs, undefined, { signal: this.#stopping.signal }).catch(() => {});
      if (this.#stopping.signal.aborted) return;
      life = this.#begin();
    }
  }

  /** The end of a life; one that does not get ready in its time is ended here. */
  async #exitOf(life: RunningChild<Ready>): Promise<Exit> {
    try {
      await life.ready;
    } catch {
      await life.end();
    }
    return life.exited;
  }
}

type Gate<Value> = PromiseWithResolvers<Value>;

function newGate<Value>(): Gate<Value> {
  const gate = Promise.withResolvers<Value>();
  // Nobody has to wait for a gate that is closed.
  gate.promise.catch(() => {});
  return gate;
}
