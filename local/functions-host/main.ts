import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { HostError } from "./host-error.ts";
import { keepRunning } from "./keep-running.ts";
import { describeError } from "./log.ts";

const help = `Runs a built Azure Functions app (Node, v4 model) on this machine.

  node local/functions-host/main.ts [options]

  --root DIR       folder of the app's package.json and host.json (default: the current one)
  --port N         HTTP port on 127.0.0.1; 0 takes any free one (default: Host.LocalHttpPort of the
                   settings file, or 7071)
  --data DIR       folder for the status of timers (default: ROOT/.local/functions-host)
  --settings FILE  app settings (default: ROOT/local.settings.json); the environment wins
  --no-restart     end when the app crashes or a function outlives functionTimeout, instead of
                   starting again; for debuggers and for those who restart it themselves
  --help           this text

When everything listens, one line READY {"url":"http://127.0.0.1:PORT"} is printed on stdout, again
after each restart; logs go to stderr. SIGTERM and SIGINT end the host. It serves HTTP, Service Bus
and timer triggers: see docs/local-functions-host.md.
`;

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof HostError ? error.message : describeError(error)}\n`);
  process.exit(1);
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const { help: isHelp, restarts, ...options } = readArguments(args);
  if (isHelp) {
    process.stdout.write(help);
    return;
  }
  if (restarts) {
    process.exitCode = await keepRunning(args);
    return;
  }
  const { runHost } = await import("./run-host.ts");
  await runHost({ ...options, onStarted: (port) => void process.send?.({ port }) });
}

function readArguments(args: string[]) {
  const values = parse(args);
  const root = resolve(values.root);
  const { port } = values;
  if (port !== undefined && !(/^\d+$/.test(port) && Number(port) <= 65_535)) {
    throw new HostError(`--port ${port} is no port: give a number from 0 to 65535.`);
  }
  return {
    help: values.help,
    restarts: !values["no-restart"],
    root,
    port: port === undefined ? undefined : Number(port),
    dataDir: resolve(values.data ?? `${root}/.local/functions-host`),
    settingsFile: resolve(values.settings ?? `${root}/local.settings.json`),
    areSettingsGiven: values.settings !== undefined,
  };
}

function parse(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        root: { type: "string", default: "." },
        port: { type: "string" },
        data: { type: "string" },
        settings: { type: "string" },
        "no-restart": { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    return values;
  } catch (error) {
    throw new HostError(`${error instanceof Error ? error.message : String(error)} Try --help.`);
  }
}
