import { Console } from "node:console";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Host, startHost } from "./host.ts";
import { HostError } from "./host-error.ts";
import { fullRoute } from "./http/routes.ts";
import { describeError } from "./log.ts";
import { loadSettings } from "./settings.ts";
import type { AppFunction } from "./trigger.ts";

const help = `Runs a built Azure Functions app (Node, v4 model) on this machine.

  node local/functions-host/main.ts [options]

  --root DIR       folder of the app's package.json and host.json (default: the current one)
  --port N         HTTP port on 127.0.0.1; 0 takes any free one (default: 7071)
  --data DIR       folder for the status of timers (default: ROOT/.local/functions-host)
  --settings FILE  app settings (default: ROOT/local.settings.json); the environment wins
  --help           this text

When everything listens, one line READY {"url":"http://127.0.0.1:PORT"} is printed on stdout; logs go
to stderr. SIGTERM and SIGINT end the host; a function that outlives functionTimeout ends it with 1.
`;

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof HostError ? error.message : describeError(error)}\n`);
  process.exit(1);
}

async function main(): Promise<void> {
  const options = readArguments(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(help);
    return;
  }
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

  const { settings, areSettingsGiven } = options;
  await loadSettings(settings, { required: areSettingsGiven, environment: process.env });
  host = await startHost({
    ...options,
    settings: process.env,
    write: (line) => process.stderr.write(line),
    onTimeout: () => process.exit(1),
  });
  process.stdout.write(describeFunctions(host));
  await host.ready;
  process.stdout.write(`READY ${JSON.stringify({ url: host.url })}\n`);
}

function readArguments(args: string[]) {
  const { values } = parse(args);
  const root = resolve(values.root);
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535) {
    throw new HostError(`--port ${values.port} is no port: give a number from 0 to 65535.`);
  }
  return {
    help: values.help,
    root,
    port,
    dataDir: resolve(values.data ?? `${root}/.local/functions-host`),
    settings: resolve(values.settings ?? `${root}/local.settings.json`),
    areSettingsGiven: values.settings !== undefined,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        root: { type: "string", default: "." },
        port: { type: "string", default: "7071" },
        data: { type: "string" },
        settings: { type: "string" },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new HostError(`${error instanceof Error ? error.message : String(error)} Try --help.`);
  }
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
    case "queue":
      return `queue  ${fn.queueName}`;
    case "timer":
      return `timer  ${fn.schedule}`;
  }
}
