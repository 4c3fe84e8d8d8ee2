/** `npm start`: the stack, one export of a seeded workspace from end to end, and what to do next. */
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { type ExportResult, exportWorkspace } from "./stack/export-workspace.ts";
import { seededWorkspace } from "./stack/seeded-workspace.ts";
import { stackGuide } from "./stack/stack-guide.ts";
import { startStack } from "./stack/start-stack.ts";
import { stopOnInterrupt } from "./stack/stop-on-interrupt.ts";

const program = new Command("start")
  .description(
    "Starts the stack, exports the seeded workspace contoso-churn, and proves the package.",
  )
  .option("--once", "end after the export instead of staying up")
  .option(
    "--json",
    "the last line on standard output is the result; everything else is on standard error",
  )
  .option("--data <dir>", "where data, settings and exports are kept", ".local")
  .parse();
const options = program.opts<{ once?: boolean; json?: boolean; data: string }>();
const dataDir = resolve(options.data);
const say = options.json === true ? console.error : console.log;

try {
  process.exitCode = await run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** Gives the exit code: 0 when everything was verified, 130 when it was interrupted before that. */
async function run(): Promise<number> {
  say("Starting the stack...");
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const logFile = join(dataDir, "stack.log");
  const log = createWriteStream(logFile, { mode: 0o600 });
  const stack = await startStack({
    dataDir,
    onLine: ({ source, text }) => {
      log.write(`${new Date().toISOString()} [${source}] ${text}\n`);
      if (source === "stack") say(text);
    },
  });
  const { signal, stopped } = stopOnInterrupt(stack, say);
  try {
    const workspace = await seededWorkspace(stack.urls.control);
    say(`The stack is up (log: ${logFile}).\nExporting ${workspace}`);
    const result = await exportWorkspace(dataDir, workspace, signal);
    report(result);
    if (options.once !== true) {
      say(`\n${stackGuide({ ...stack, workspace, hasHost: true })}\nCtrl-C stops everything.`);
      await stopped;
    }
    return result.package === null ? 1 : 0;
  } catch (error) {
    if (!signal.aborted) throw error;
    return 130;
  } finally {
    await stack.stop();
    log.end();
  }
}

function report(result: ExportResult): void {
  say(summary(result));
  if (options.json !== true) return;
  console.log(JSON.stringify({ requests: [result], verified: result.package !== null }));
}

function summary(result: ExportResult): string {
  const { id, state, workspace, accountType, assets, bytes } = result;
  if (result.package === null) return `Request ${id} is ${state}; its package was NOT verified.`;
  return `Request ${id} is ${state}: ${assets} assets of ${workspace} (${accountType}), ${bytes} bytes.
Every digest is verified. The package is in ${result.package}`;
}
