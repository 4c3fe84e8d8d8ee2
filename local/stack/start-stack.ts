import { join, resolve } from "node:path";
import { type AzuriteUrls, azurite } from "./azurite.ts";
import { ensureCertificates } from "./certificates.ts";
import type { ChildSpec } from "./child-process.ts";
import { claimDataDir } from "./data-dir.ts";
import { writeFuncFolder } from "./func-folder.ts";
import { functionsHost } from "./functions-host.ts";
import { claimPorts, DEFAULT_PORTS, type Ports } from "./ports.ts";
import { serviceBus } from "./service-bus.ts";
import { AUDIENCE, appSettings, LOCAL_IDENTITY_HEADER, writeSettings } from "./settings.ts";
import { type SimulatorsReady, simulators } from "./simulators.ts";
import type { ProcessName, Stack, StackLine, StackOptions, StackUrls } from "./stack-types.ts";
import { type SupervisedChild, supervise } from "./supervise.ts";

/**
 * Starts the whole stack on 127.0.0.1 and resolves when everything answers: Azurite, the broker and
 * the simulators at the same time, then the Functions host.
 *
 * A process that ends unexpectedly is started again on the same port with the same data. Nothing is
 * left running when the start fails, or when the calling process ends in whatever way. Throws a
 * sentence when another stack has the data directory.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const dataDir = resolve(options.dataDir);
  const processes = new Processes(options.onLine ?? (() => {}));
  const directory = await claimDataDir(dataDir);
  const undo = [directory.release];
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= runInReverse(undo));
  try {
    const ports = await claimPorts(options.ports === "any" ? "any" : DEFAULT_PORTS);
    undo.push(ports.release, () => processes.stop());
    for (const name of ports.taken) {
      const instead = `${ports.ports[name]} is used instead`;
      processes.say(`port ${DEFAULT_PORTS[name]} (${name}) is taken; ${instead}`);
    }
    const started = await startProcesses(processes, { ...options, dataDir }, ports.ports);
    const { urls, caFile } = started;
    const found = { pid: process.pid, api: urls.api, tokenEndpoint: urls.token, caFile };
    await directory.publish({ ...found, audience: AUDIENCE });
    return {
      ...started,
      process: (name) => processes.get(name),
      kill: (name, signal) => processes.get(name).kill(signal),
      restart: async (name) => void (await processes.get(name).restart()),
      stop,
      stopNow: () => processes.stopNow(),
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Started = Pick<Stack, "urls" | "settings" | "settingsFile" | "caFile" | "funcFolder">;

async function startProcesses(
  processes: Processes,
  options: StackOptions,
  ports: Ports,
): Promise<Started> {
  const { dataDir } = options;
  const certificates = await ensureCertificates(join(dataDir, "certificates"), new Date());
  const { caFile } = certificates;
  const { largeBytes, simulatorFlags: flags, azuritePackage: npmPackage } = options;
  const identityHeader = LOCAL_IDENTITY_HEADER;
  const starting = [
    processes.start("azurite", azurite({ dataDir, ports, certificates, npmPackage })),
    processes.start(
      "service-bus",
      serviceBus({ dataDir, port: ports.broker, flags: options.brokerFlags }),
    ),
    processes.start(
      "simulators",
      simulators({ dataDir, ports, certificates, identityHeader, largeBytes, flags }),
    ),
  ] as const;
  // When one fails the others are still starting; they can be stopped once they have settled.
  await Promise.allSettled(starting);
  const [storage, broker, simulated] = await Promise.all(starting);
  const addresses = { storage, serviceBusConnectionString: broker, simulators: simulated };
  const settings = { ...appSettings(addresses), ...options.settings };
  const settingsFile = join(dataDir, "settings.json");
  await writeSettings(settingsFile, settings);
  const urls = stackUrls(ports, storage, simulated);
  const started = { urls, settings, settingsFile, caFile };
  if (options.host === false) {
    const func = { dataDir, settings, port: ports.host, caFile, storage };
    return { ...started, funcFolder: await writeFuncFolder(func) };
  }
  await processes.start("host", functionsHost({ dataDir, port: ports.host, settingsFile, caFile }));
  return started;
}

function stackUrls(ports: Ports, storage: AzuriteUrls, simulated: SimulatorsReady): StackUrls {
  const { tenantId, subscriptions: _subscriptions, ...simulatorUrls } = simulated;
  return {
    api: `http://127.0.0.1:${ports.host}`,
    azuriteBlob: storage.blob,
    azuriteTable: storage.table,
    token: `${simulated.entra}/${tenantId}/oauth2/v2.0/token`,
    ...simulatorUrls,
  };
}

async function runInReverse(steps: readonly (() => Promise<void>)[]): Promise<void> {
  for (const step of steps.toReversed()) await step();
}

/** The supervised processes by name, in the order they were started. */
class Processes {
  readonly #children = new Map<ProcessName, SupervisedChild<unknown>>();
  readonly #onLine: (line: StackLine) => void;

  constructor(onLine: (line: StackLine) => void) {
    this.#onLine = onLine;
  }

  say(text: string): void {
    this.#onLine({ source: "stack", text });
  }

  async start<Ready>(name: ProcessName, spec: ChildSpec<Ready>): Promise<Ready> {
    const child = await supervise(
      spec,
      (text) => this.#onLine({ source: name, text }),
      (text) => this.say(text),
    );
    this.#children.set(name, child);
    return child.whenReady();
  }

  get(name: ProcessName): SupervisedChild<unknown> {
    const child = this.#children.get(name);
    if (child === undefined) throw new Error(`The stack runs no process "${name}"`);
    return child;
  }

  /** The host first: it lets running functions finish, and they need the others. */
  async stop(): Promise<void> {
    await this.#children.get("host")?.stop();
    await Promise.all([...this.#children.values()].map((child) => child.stop()));
  }

  stopNow(): void {
    for (const child of this.#children.values()) child.stopNow();
  }
}
