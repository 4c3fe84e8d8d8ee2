import { setTimeout as delay } from "node:timers/promises";
import type { AppFunction } from "./app-function.ts";
import { provideCoreApi, type Registry } from "./core-api.ts";
import { readHostJson } from "./host-json.ts";
import { createKeyCheck } from "./http/keys.ts";
import { type HttpServer, startHttpServer } from "./http/server.ts";
import { createInvoker, type Invoker } from "./invoke.ts";
import { loadApp } from "./load-app.ts";
import { createLog, describeError, type Log } from "./log.ts";
import { runAppHooks } from "./run-function.ts";
import { type Clients, createClients, readConnections } from "./service-bus/clients.ts";
import type { Listener } from "./service-bus/listener.ts";
import { startListeners } from "./service-bus/listeners.ts";
import { createOutputs } from "./service-bus/outputs.ts";
import { isDisabled, type Settings } from "./settings.ts";
import type { TimerListener } from "./timer/listener.ts";
import { readSchedules, startTimers } from "./timer/timers.ts";
import { createTraceExport, type TraceExport } from "./trace-export.ts";
import { toAppFunction } from "./trigger.ts";
import { startWatchdog } from "./watchdog.ts";

/** A running host. */
export interface Host {
  readonly url: string;
  /** In the order of their names. */
  readonly functions: readonly AppFunction[];
  readonly routePrefix: string;
  /** Resolves when every queue and subscription has been opened once. */
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
  /** A function ran for too long, and only the end of the process can stop it. */
  readonly onTakenDown: () => void;
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
  const config = await readHostJson(root, settings);
  const log = createLog(config.logLevels, options.write);
  const registry = provideCoreApi((level, message) => log(level, "Host.Worker", message));
  const { streamUrl } = await loadApp(root, registry);
  const functions = [...registry.functions.values()]
    .map((registered) => toAppFunction(registered, settings))
    .sort((a, b) => a.name.localeCompare(b.name));
  const isOff = (name: string) => isDisabled(name, settings);
  const enabled = functions.filter((fn) => !isOff(fn.name));
  const schedules = readSchedules(enabled, settings);
  const clients = await createClients(readConnections(enabled, settings));
  warnOfRetries(enabled, log);

  const { functionTimeoutMs, routePrefix } = config;
  const tooLong = Promise.withResolvers<string>();
  const sendOutputs = createOutputs(clients);
  const onTimeout = tooLong.resolve;
  const watchdog =
    functionTimeoutMs === undefined
      ? undefined
      : startWatchdog(
          functionTimeoutMs,
          functions.map(({ name }) => name),
        );
  const limits = { functionTimeoutMs, onTimeout, watchdog };
  const invoker = createInvoker({ registry, log, sendOutputs, ...limits });
  const traces = createTraceExport(config.isOpenTelemetry, settings, log);
  const invoke = traces.around(invoker.invoke);
  const server = await startHttpServer({
    port: options.port,
    routePrefix,
    streamUrl,
    bodyLimitBytes: Number(settings["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"] ?? defaultBodyLimitBytes),
    functions,
    isDisabled: isOff,
    isAllowed: createKeyCheck(settings),
    invoke,
    log,
  });
  const listener = startListeners(enabled, clients, { config, invoke, log });
  const timers = await startTimers(schedules, { dataDir, invoke, log });
  const parts = { registry, log, invoker, traces, server, clients, listener, timers };
  const endForOne = async () => {
    const name = await tooLong.promise;
    await takeDown(parts, `${name} ran longer than functionTimeout (${functionTimeoutMs} ms)`);
    options.onTakenDown();
  };
  void endForOne();
  const stop = () => stopHost(parts);
  return { url: server.url, functions, routePrefix, ready: listener.opened, stop };
}

type HostParts = {
  readonly registry: Registry;
  readonly log: Log;
  readonly invoker: Invoker;
  readonly traces: TraceExport;
  readonly server: HttpServer;
  readonly clients: Clients;
  readonly listener: Listener;
  readonly timers: readonly TimerListener[];
};

async function stopHost(parts: HostParts): Promise<void> {
  const { registry, log, invoker, traces, server, clients, listener } = parts;
  const { answered } = await takeNothingMore(parts);
  log("information", "Host", "stopping: nothing more is taken, what is in work may end");
  const ended = Promise.all([answered, invoker.idle(), listener.idle()]);
  if ((await atMost(drainMs, ended)) === "late") {
    const names = invoker.running().join(", ");
    log("warning", "Host", `these functions did not end in ${drainMs} ms: ${names}`);
  }
  server.close();
  await runAppHooks(registry, "appTerminate").catch((error: unknown) =>
    log("error", "Host", `an appTerminate hook failed: ${describeError(error)}`),
  );
  const closed = [...clients.values()].map(({ client }) => client.close());
  await atMost(closeMs, Promise.all([...closed, traces.stop()]));
}

/**
 * Ends as the real host does when it restarts its worker for a function that runs too long: all that
 * runs fails. Requests are answered with 500 and messages are abandoned, as far as that is quick.
 */
async function takeDown(parts: HostParts, reason: string): Promise<void> {
  const { log, invoker, listener } = parts;
  log("critical", "Host", `${reason}; the process ends, and all that runs in it`);
  const { answered } = await takeNothingMore(parts);
  invoker.failAll(new Error(`The process ends: ${reason}.`));
  await atMost(closeMs, Promise.all([answered, listener.idle()]));
}

/** Resolves when nothing is taken any more; with a promise for the last HTTP answer. */
async function takeNothingMore({ invoker, server, listener, timers }: HostParts) {
  for (const timer of timers) {
    timer.stop();
  }
  invoker.endRetries();
  const answered = server.drain();
  await atMost(closeMs, listener.stop());
  return { answered };
}

function warnOfRetries(functions: readonly AppFunction[], log: Log): void {
  for (const { name } of functions.filter((fn) => fn.kind === "service-bus" && fn.retry)) {
    const text = "has a retry policy, which Azure may soon not apply to Service Bus triggers";
    log("warning", `Function.${name}`, text);
  }
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
