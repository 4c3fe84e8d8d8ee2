import { setTimeout as delay } from "node:timers/promises";
import type { Random } from "../../support/random.ts";
import type { FaultStack } from "./fault-stack.ts";
import type { FaultyHost } from "./hosts.ts";
import { stormOf } from "./storms.ts";

/** How often each kind of fault was made. */
export type Faults = {
  kills: number;
  pauses: number;
  storms: number;
  expiredLocks: number;
  droppedConnections: number;
};

/** When to make trouble: `mayKill` resolves once the work has come far enough for the next kill. */
export type NemesisOptions = {
  readonly stack: FaultStack;
  readonly random: Random;
  readonly kills: number;
  readonly mayKill: (kills: number) => Promise<void>;
  readonly onKill: (faults: Faults) => void;
  /** Ends it before all kills are made. */
  readonly signal: AbortSignal;
};

const QUEUES = ["plans", "exports", "seals", "deletes", "privacy-requests"];
const DROPS = ["break", "close", "detach"];
/** A start can take too long on a machine that does much else. */
const MOST_STARTS = 5;
const LONGEST_WAIT_MS = 1_200;
const LONGEST_PAUSE_MS = 6_000;

/** Kills hosts at random moments, so many times, and makes other faults in between. */
export class Nemesis {
  readonly faults: Faults = {
    kills: 0,
    pauses: 0,
    storms: 0,
    expiredLocks: 0,
    droppedConnections: 0,
  };
  readonly #options: NemesisOptions;
  readonly #starting = new Map<FaultyHost, Promise<void>>();
  readonly #resuming = new Set<Promise<void>>();

  constructor(options: NemesisOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    const { kills, random, signal, mayKill, onKill } = this.#options;
    while (this.faults.kills < kills && !signal.aborted) {
      await mayKill(this.faults.kills);
      if (signal.aborted) return;
      await this.#trouble();
      await delay(random.below(LONGEST_WAIT_MS), undefined, { signal }).catch(() => undefined);
      await this.#kill();
      onKill(this.faults);
    }
  }

  /** Ends all faults and waits until every host works. */
  async heal(): Promise<void> {
    const { stack } = this.#options;
    await stack.simulators.send("DELETE", "faults");
    await Promise.all(this.#resuming);
    await Promise.all(this.#starting.values());
    for (const host of stack.hosts) {
      host.resume();
      if (host.url === null) await this.#start(host);
    }
  }

  /** A host that works, so that it has work in hand; the next one waits until it works too. */
  async #kill(): Promise<void> {
    const { stack, random } = this.#options;
    const host = stack.hosts[random.below(stack.hosts.length)];
    if (host === undefined) return;
    await this.#starting.get(host);
    await host.kill();
    this.faults.kills += 1;
    const starting = this.#start(host);
    // Whoever next wants the host hears of a start that failed.
    starting.catch(() => undefined);
    this.#starting.set(host, starting);
  }

  async #start(host: FaultyHost): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        await host.start();
        return;
      } catch (error) {
        if (tries === MOST_STARTS) throw error;
        await host.kill();
      }
    }
  }

  async #trouble(): Promise<void> {
    const { random } = this.#options;
    const share = random.below(10);
    if (share < 4) await this.#storm();
    else if (share < 6) this.#pause();
    else if (share < 8) await this.#expireLocks();
    else if (share < 9) await this.#drop();
  }

  async #storm(): Promise<void> {
    const { stack, random } = this.#options;
    await stack.simulators.send("DELETE", "faults");
    await stack.simulators.send("POST", "faults", stormOf(random).faults);
    this.faults.storms += 1;
  }

  /** Longer than the leases of the app and the locks of its messages, now and then. */
  #pause(): void {
    const { stack, random } = this.#options;
    const host = stack.hosts[random.below(stack.hosts.length)];
    if (host === undefined || host.isPaused || host.url === null) return;
    host.pause();
    this.faults.pauses += 1;
    const lasting = this.#resumeAfter(host, 1_000 + random.below(LONGEST_PAUSE_MS));
    this.#resuming.add(lasting);
  }

  async #resumeAfter(host: FaultyHost, ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#options.signal }).catch(() => undefined);
    host.resume();
  }

  async #expireLocks(): Promise<void> {
    const { stack, random } = this.#options;
    const entity = QUEUES[random.below(QUEUES.length)];
    await stack.broker.post("/locks/expire", { entity });
    this.faults.expiredLocks += 1;
  }

  async #drop(): Promise<void> {
    const { stack, random } = this.#options;
    await stack.broker.post("/connections/drop", { kind: DROPS[random.below(DROPS.length)] });
    this.faults.droppedConnections += 1;
  }
}
