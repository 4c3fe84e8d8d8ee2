import { setTimeout as delay } from "node:timers/promises";
import { provideCoreApi, type Registry } from "./core-api.ts";
import { readHostJson } from "./host-json.ts";
import { createKeyCheck } from "./http/keys.ts";
import { type HttpServer, startHttpServer } from "./http/server.ts";
import { createInvoker, type Invoker, runAppHooks } from "./invoke.ts";
import { loadApp } from "./load-app.ts";
import { createLog, describeError, type Log } from "./log.ts";
import { groupByConnection, type Queues, startQueues } from "./service-bus/queues.ts";
import { isDisabled, type Settings } from "./settings.ts";
import type { TimerListener } from "./timer/listener.ts";
import { readSchedules, startTimers } from "./timer/timers.ts";
import { type AppFunction, toAppFunction } from "./trigger.ts";

/** A running host. */
export interface Host {
  readonly url: string;
  /** In the order of their names. */
  readonly functions: readonly AppFunction[];
  readonly routePrefix: string;
  /** Resolves when every queue has been opened once. */
  readonly ready: Promise<void>;
  /** Stops listening, lets functions end for up to 10 s, then runs the app's appTerminate hooks. */
  stop(): Promise<void>;
}

type HostOptions = {
  /** Folder of the app's package.json and host.json. */
  readonly root: string;
  /** Folder for what outlives a restart. */
  readonly dataDir: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The environment the app is loaded in. */
  readonly settings: Settings;
  readonly write: (line: string) => void;
  readonly onTimeout: () => void;
};

const drainMs = 10_000;
const closeMs = 2000;
const defaultBodyLimitBytes = 100 * 1024 * 1024;

/**
 * Loads the app and serves its functions; once per process, because the app's modules are loaded
 * once. Throws a HostError for everything the operator can mend: before anything listens, but for a
 * taken port.
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const { settings, root, dataDir } = options;
  const config = await readHostJson(root);
  const log = createLog(config.logLevels, options.write);
  const registry = provideCoreApi((level, message) => log(level, "Host.Worker", message));
  await loadApp(root, registry);
  const functions = [...registry.functions.values()]
    .map((registered) => toAppFunction(registered, settings))
    .sort((a, b) => a.name.localeCompare(b.name));
  const isOff = (name: string) => isDisabled(name, settings);
  const enabled = functions.filter((fn) => !isOff(fn.name));
  const schedules = readSchedules(enabled, settings);
  const connections = groupByConnection(enabled, settings);

  const { functionTimeoutMs, routePrefix } = config;
  const onTimeout = (name: string) => {
    const limit = `functionTimeout (${functionTimeoutMs} ms)`;
    log("critical", "Host", `${name} ran longer than ${limit}; the host ends`);
    options.onTimeout();
  };
  const invoker = createInvoker({ registry, log, functionTimeoutMs, onTimeout });
  const { invoke } = invoker;
  const server = await startHttpServer({
    port: options.port,
    routePrefix,
    bodyLimitBytes: Number(settings["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"] ?? defaultBodyLimitBytes),
    functions,
    isDisabled: isOff,
    isAllowed: createKeyCheck(settings),
    invoke,
    log,
  });
  const queues = await startQueues(connections, { config, invoke, log });
  const timers = await startTimers(schedules, { dataDir, invoke, log });
  const stop = () => stopHost({ registry, log, invoker, server, queues, timers });
  return { url: server.url, functions, routePrefix, ready: queues.opened, stop };
}

type HostParts = {
  readonly registry: Registry;
  readonly log: Log;
  readonly invoker: Invoker;
  readonly server: HttpServer;
  readonly queues: Queues;
  readonly timers: readonly TimerListener[];
};

async function stopHost({ registry, log, invoker, server, queues, timers }: HostParts) {
  for (const timer of timers) {
    timer.stop();
  }
  const answered = server.drain();
  await atMost(closeMs, queues.stop());
  log("information", "Host", "stopping: nothing more is taken, what is in work may end");
  const ended = Promise.all([answered, invoker.idle(), queues.idle()]);
  if ((await atMost(drainMs, ended)) === "late") {
    const names = invoker.running().join(", ");
    log("warning", "Host", `these functions did not end in ${drainMs} ms: ${names}`);
  }
  server.close();
  await runAppHooks(registry, "appTerminate").catch((error: unknown) =>
    log("error", "Host", `an appTerminate hook failed: ${describeError(error)}`),
  );
  await atMost(closeMs, queues.close());
}

/** Waits for work that may never end, such as closing a broken connection. */
async function atMost(limitMs: number, work: Promise<unknown>): Promise<"done" | "late"> {
  const waiting = new AbortController();
  const late = delay(limitMs, "late" as const, { signal: waiting.signal }).catch(
    () => "done" as const,
  );
  try {
    return await Promise.race([work.then(() => "done" as const), late]);
  } finally {
    waiting.abort();
  }
}
