import { join } from "node:path";
import { type RunningChild, startChild } from "../../../local/stack/child-process.ts";
import { functionsHost } from "../../../local/stack/functions-host.ts";
import type { Random } from "../../support/random.ts";

/** Where hosts find the app's settings and the local authority, and where they keep the status of timers. */
export type HostOptions = {
  readonly dataDir: string;
  readonly settingsFile: string;
  readonly caFile: string;
  /** What a host prints. */
  readonly onLine: (line: string) => void;
};

/**
 * One Functions host that is killed and paused. Each life takes a free port. There are two of them in a run, as an app
 * in Azure has several instances: so work goes on while one is dead, and one that was paused finds its work taken over.
 */
export class FaultyHost {
  readonly #options: HostOptions;
  readonly #name: string;
  #life: RunningChild<{ url: string }> | null = null;
  #url: string | null = null;
  #isPaused = false;

  constructor(name: string, options: HostOptions) {
    this.#name = name;
    this.#options = options;
  }

  /** Where it answers; null while it does not. */
  get url(): string | null {
    return this.#url;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Starts the next life and waits until it answers. */
  async start(): Promise<void> {
    const { dataDir, settingsFile, caFile, onLine } = this.#options;
    const spec = functionsHost({
      dataDir: join(dataDir, this.#name),
      port: 0,
      settingsFile,
      caFile,
    });
    const life = startChild(spec, onLine);
    this.#life = life;
    const { url } = await life.ready;
    // It may have been killed as soon as it was there.
    if (this.#life === life) this.#url = url;
  }

  /** Ends the present life at once, wherever it is, and resolves when it is gone. */
  async kill(): Promise<void> {
    const life = this.#life;
    this.#life = null;
    this.#url = null;
    this.#isPaused = false;
    life?.signal("SIGKILL");
    await life?.exited;
  }

  pause(): void {
    if (this.#life === null) return;
    this.#isPaused = true;
    this.#life.signal("SIGSTOP");
  }

  resume(): void {
    this.#isPaused = false;
    this.#life?.signal("SIGCONT");
  }

  /** Ends it for good, in order. */
  async stop(): Promise<void> {
    this.resume();
    await this.#life?.end();
    this.#life = null;
    this.#url = null;
  }
}

/** The address of one of the hosts that answer, or of one that is paused; null when there is none. */
export function anyUrl(hosts: readonly FaultyHost[], random: Random): string | null {
  const urls = hosts.flatMap(({ url }) => url ?? []);
  return urls[random.below(urls.length)] ?? null;
}
