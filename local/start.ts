/** `npm start`: the stack, an export of one workspace per account type from end to end, and what to do next. */
import { join, resolve } from "node:path";
import { Command } from "commander";
import { type ExportResult, exportWorkspace } from "./stack/export-workspace.ts";
import { type SeededWorkspace, seededWorkspaces } from "./stack/seeded-workspaces.ts";
import { shownPath } from "./stack/shown-path.ts";
import { stackGuide } from "./stack/stack-guide.ts";
import { stackLog } from "./stack/stack-log.ts";
import type { Stack, StackLine } from "./stack/stack-types.ts";
import { startStack } from "./stack/start-stack.ts";
import { type Interruption, stopOnInterrupt } from "./stack/stop-on-interrupt.ts";

const program = new Command("start")
  .description(
    "Starts the stack, exports a standard, a free and a guest workspace, and proves the packages.",
  )
  .option("--once", "end after the exports instead of staying up")
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
  const seeded = await orUnverified(seededWorkspaces(stack.urls.control));
  const workspaces = Object.values(seeded);
  say(
    `Exporting ${workspaces.map(({ name, accountType }) => `${name} (${accountType})`).join(", ")}`,
  );
  const results = await orUnverified(exportAll(workspaces, signal));
  for (const result of results) say(summary(result));
  if (results.every(isVerified)) {
    say(`Every digest is verified. The packages are in ${shownPath(join(dataDir, "exports"))}`);
  }
  printResult(results);
  if (options.once !== true) {
    const { workspace } = seeded.standard;
    say(`\n${stackGuide({ ...stack, workspace })}\nCtrl-C stops everything.`);
    await stopped;
  }
  return results.every(isVerified) ? 0 : 1;
}

/** All at once. When one fails the others end first, so that nothing of them is left running. */
async function exportAll(
  workspaces: readonly SeededWorkspace[],
  signal: AbortSignal,
): Promise<readonly ExportResult[]> {
  const width = Math.max(...workspaces.map(({ name }) => name.length));
  const exporting = workspaces.map((seeded) => {
    const onLine = (line: string) => say(`${seeded.name.padEnd(width)}  ${line}`);
    return exportWorkspace({ dataDir, signal, onLine }, seeded);
  });
  await Promise.allSettled(exporting);
  return Promise.all(exporting);
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
  const verified = requests.length > 0 && requests.every(isVerified);
  console.log(JSON.stringify({ requests, verified }));
}

function isVerified(result: ExportResult): boolean {
  return result.package !== null;
}

function summary(result: ExportResult): string {
  const { id, state, workspace, accountType, assets, bytes } = result;
  return isVerified(result)
    ? `Request ${id} is ${state}: ${assets} assets of ${workspace} (${accountType}), ${bytes} bytes.`
    : `Request ${id} is ${state}; its package was NOT verified.`;
}
