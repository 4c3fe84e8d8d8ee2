/** `npm start`: the stack, one export of a seeded workspace from end to end, and what to do next. */
import { join, resolve } from "node:path";
import { Command } from "commander";
import { type ExportResult, exportWorkspace } from "./stack/export-workspace.ts";
import { seededWorkspace } from "./stack/seeded-workspace.ts";
import { shownPath } from "./stack/shown-path.ts";
import { stackGuide } from "./stack/stack-guide.ts";
import { stackLog } from "./stack/stack-log.ts";
import type { Stack, StackLine } from "./stack/stack-types.ts";
import { startStack } from "./stack/start-stack.ts";
import { type Interruption, stopOnInterrupt } from "./stack/stop-on-interrupt.ts";

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
  const logFile = join(dataDir, "stack.log");
  const log = stackLog(logFile);
  const onLine = (line: StackLine) => {
    log.write(line);
    if (line.source === "stack") say(line.text);
  };
  try {
    const stack = await orUnverified(startStack({ dataDir, onLine }));
    const interruption = stopOnInterrupt(stack, say);
    try {
      say(`The stack is up (log: ${shownPath(logFile)}).`);
      return await demonstrate(stack, interruption);
    } catch (error) {
      if (!interruption.signal.aborted) throw error;
      return 130;
    } finally {
      await stack.stop();
    }
  } finally {
    await log.end();
  }
}

async function demonstrate(stack: Stack, { signal, stopped }: Interruption): Promise<number> {
  const workspace = await orUnverified(seededWorkspace(stack.urls.control));
  say(`Exporting ${workspace}`);
  const result = await orUnverified(exportWorkspace(dataDir, workspace, signal));
  say(summary(result));
  printResult([result]);
  if (options.once !== true) {
    say(`\n${stackGuide({ ...stack, workspace })}\nCtrl-C stops everything.`);
    await stopped;
  }
  return result.package === null ? 1 : 0;
}

/** With `--json` there is a result however it ends: when `work` fails, one without a request. */
async function orUnverified<Value>(work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    printResult([]);
    throw error;
  }
}

function printResult(requests: readonly ExportResult[]): void {
  if (options.json !== true) return;
  const isVerified = requests.length > 0 && requests.every((request) => request.package !== null);
  console.log(JSON.stringify({ requests, verified: isVerified }));
}

function summary(result: ExportResult): string {
  const { id, state, workspace, accountType, assets, bytes } = result;
  if (result.package === null) return `Request ${id} is ${state}; its package was NOT verified.`;
  return `Request ${id} is ${state}: ${assets} assets of ${workspace} (${accountType}), ${bytes} bytes.
Every digest is verified. The package is in ${shownPath(result.package)}`;
}
