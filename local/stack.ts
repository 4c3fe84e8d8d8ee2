/** `npm run stack`: the whole app with everything it needs on this machine, until Ctrl-C. */
import { Command, InvalidArgumentError, Option } from "commander";
import { seededWorkspaces } from "./stack/seeded-workspaces.ts";
import { stackGuide } from "./stack/stack-guide.ts";
import { startStack } from "./stack/start-stack.ts";
import { stopOnInterrupt } from "./stack/stop-on-interrupt.ts";

const program = new Command("stack")
  .description("Runs the app and everything it needs on this machine, until Ctrl-C.")
  .option("--data <dir>", "where data, settings and certificates are kept", ".local")
  .option("--no-host", "leave the Functions host out, to run it yourself with the written settings")
  .addOption(
    new Option("--otlp <url>", "send traces and metrics there, by OTLP over HTTP")
      .env("OTEL_EXPORTER_OTLP_ENDPOINT")
      .argParser(url),
  )
  .option("--large <bytes>", "add a generated data set of this size to contoso-churn", bytes)
  .parse();
const options = program.opts<{ data: string; host: boolean; otlp?: string; large?: number }>();

try {
  const stack = await startStack({
    dataDir: options.data,
    host: options.host,
    largeBytes: options.large,
    settings: options.otlp === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: options.otlp },
    onLine: ({ source, text }) => console.log(`[${source}] ${text}`),
  });
  const { stopped } = stopOnInterrupt(stack, console.log);
  const { workspace } = (await seededWorkspaces(stack.urls.control)).standard;
  console.log(`\n${stackGuide({ ...stack, workspace })}`);
  await stopped;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function url(text: string): string {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? "")) return text;
  throw new InvalidArgumentError("A URL such as http://127.0.0.1:4318.");
}

function bytes(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count <= 0) throw new InvalidArgumentError("A whole number.");
  return count;
}
