import { Console } from "node:console";
import { type AppFunction, sourcePath } from "./app-function.ts";
import { type Host, startHost } from "./host.ts";
import { fullRoute } from "./http/routes.ts";
import { loadSettings } from "./settings.ts";

/** How to run the host; all paths are absolute. */
export type RunOptions = {
  readonly root: string;
  readonly dataDir: string;
  /** Undefined leaves it to the settings file, or else 7071. */
  readonly port: number | undefined;
  readonly settingsFile: string;
  /** True when the settings file has to be there. */
  readonly areSettingsGiven: boolean;
  /** Called with the port once everything is started. */
  readonly onStarted: (port: number) => void;
};

const defaultPort = 7071;

/**
 * Runs the host in this process until SIGTERM or SIGINT ends it (exit code 0; a second signal ends it at
 * once) or a function outlives its time (1). Prints the functions and then one line READY.
 * Throws a HostError for what the operator can mend.
 */
export async function runHost(options: RunOptions): Promise<void> {
  const { settingsFile, areSettingsGiven, onStarted } = options;
  // The app's own console output must not get between the lines of stdout that others read.
  globalThis.console = new Console(process.stderr, process.stderr);
  let host: Host | undefined;
  let isStopping = false;
  const stop = () => {
    if (isStopping || host === undefined) {
      process.exit(isStopping ? 130 : 0);
    }
    isStopping = true;
    void host.stop().finally(() => process.exit(0));
  };
  process.on("SIGTERM", stop).on("SIGINT", stop);
  // The parent that watches this process has gone.
  process.once("disconnect", stop);

  const fromFile = await loadSettings(settingsFile, {
    required: areSettingsGiven,
    environment: process.env,
  });
  host = await startHost({
    ...options,
    port: options.port ?? fromFile.port ?? defaultPort,
    settings: process.env,
    write: (line) => process.stderr.write(line),
    onTakenDown: () => process.exit(1),
  });
  process.stdout.write(describeFunctions(host));
  onStarted(Number(new URL(host.url).port));
  await host.ready;
  process.stdout.write(`READY ${JSON.stringify({ url: host.url })}\n`);
}

/** The list a person reads while waiting for the queues. */
function describeFunctions({ functions, routePrefix, url }: Host): string {
  const width = Math.max(...functions.map((fn) => fn.name.length));
  const lines = functions.map(
    (fn) => `  ${fn.name.padEnd(width)}  ${describeTrigger(fn, `${url}/`, routePrefix)}\n`,
  );
  return `Functions:\n${lines.join("")}`;
}

function describeTrigger(fn: AppFunction, base: string, routePrefix: string): string {
  switch (fn.kind) {
    case "http":
      return `http   [${fn.methods.join(",") || "ANY"}] ${base}${fullRoute(fn, routePrefix)}`;
    case "service-bus":
      return `${"queueName" in fn.source ? "queue" : "topic"}  ${sourcePath(fn.source)}`;
    case "timer":
      return `timer  ${fn.schedule}`;
  }
}
