/** `npm start`: the stack, exports and deletions of every account type from end to end, and what to do next. */
import { join, resolve } from "node:path";
import { Command } from "commander";
import { type DeleteResult, deleteAssets } from "./stack/delete-assets.ts";
import { type ExportResult, exportWorkspace } from "./stack/export-workspace.ts";
import { type SeededWorkspace, seededWorkspaces } from "./stack/seeded-workspaces.ts";
import { shownPath } from "./stack/shown-path.ts";
import { stackGuide } from "./stack/stack-guide.ts";
import { stackLog } from "./stack/stack-log.ts";
import type { Stack, StackLine } from "./stack/stack-types.ts";
import { startStack } from "./stack/start-stack.ts";
import { type Interruption, stopOnInterrupt } from "./stack/stop-on-interrupt.ts";

type Result = ExportResult | DeleteResult;

const program = new Command("start")
  .description(
    "Starts the stack, exports a standard, a free and a guest workspace, deletes one data set and what two workspaces hold, and proves packages and receipts.",
  )
  .option("--once", "end after that instead of staying up")
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
  const { toDelete, ...toExport } = seeded;
  const exports = await orUnverified(exportAll(Object.values(toExport), signal));
  for (const result of exports) say(exportSummary(result));
  if (exports.every(isVerified)) {
    say(`Every digest is verified. The packages are in ${shownPath(join(dataDir, "exports"))}`);
  }
  const deletions = await orUnverified(
    deleteAll(
      stack,
      [{ ...seeded.standard, dataset: "Call centre log" }, seeded.free, toDelete],
      signal,
    ),
  );
  for (const result of deletions) say(deletionSummary(result));
  const results = [...exports, ...deletions];
  if (results.every(isVerified)) {
    say(`Every receipt is verified. The receipts are in ${shownPath(join(dataDir, "receipts"))}`);
  }
  printResult(results);
  if (options.once !== true) {
    const { workspace } = seeded.standard;
    say(`\n${stackGuide({ ...stack, workspace })}\nCtrl-C stops everything.`);
    await stopped;
  }
  return results.every(isVerified) ? 0 : 1;
}

async function exportAll(
  workspaces: readonly SeededWorkspace[],
  signal: AbortSignal,
): Promise<readonly ExportResult[]> {
  say(`Exporting ${workspaces.map(shownWorkspace).join(", ")}`);
  return allOf(workspaces, (seeded, onLine) =>
    exportWorkspace({ dataDir, signal, onLine }, seeded),
  );
}

/** One identity asks for each deletion, another approves its plan. */
async function deleteAll(
  { urls }: Stack,
  deletions: readonly (SeededWorkspace & { readonly dataset?: string })[],
  signal: AbortSignal,
): Promise<readonly DeleteResult[]> {
  const shown = deletions.map((deletion) =>
    deletion.dataset === undefined
      ? `everything deletable of ${shownWorkspace(deletion)}`
      : `${deletion.dataset} of ${shownWorkspace(deletion)}`,
  );
  say(`Deleting, with the approval of a second identity: ${shown.join("; ")}`);
  return allOf(deletions, (deletion, onLine) =>
    deleteAssets({ dataDir, controlUrl: urls.control, signal, onLine }, deletion),
  );
}

function shownWorkspace({ name, accountType }: SeededWorkspace): string {
  return `${name} (${accountType})`;
}

/** All at once. When one fails the others end first, so that nothing of them is left running. */
async function allOf<Item extends SeededWorkspace, Value>(
  items: readonly Item[],
  work: (item: Item, onLine: (line: string) => void) => Promise<Value>,
): Promise<readonly Value[]> {
  const width = Math.max(...items.map(({ name }) => name.length));
  const working = items.map((item) =>
    work(item, (line) => say(`${item.name.padEnd(width)}  ${line}`)),
  );
  await Promise.allSettled(working);
  return Promise.all(working);
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

function printResult(requests: readonly Result[]): void {
  if (options.json !== true) return;
  const verified = requests.length > 0 && requests.every(isVerified);
  console.log(JSON.stringify({ requests, verified }));
}

function isVerified(result: Result): boolean {
  if (result.receipt === null) return false;
  return result.kind === "delete" ? result.left === 0 : result.package !== null;
}

function exportSummary(result: ExportResult): string {
  const { id, state, workspace, accountType, assets, bytes } = result;
  return isVerified(result)
    ? `Request ${id} is ${state}: ${assets} assets of ${workspace} (${accountType}), ${bytes} bytes.`
    : `Request ${id} is ${state}; its package or its receipt was NOT verified.`;
}

function deletionSummary(result: DeleteResult): string {
  const { id, state, workspace, accountType, assets, left } = result;
  return isVerified(result)
    ? `Request ${id} is ${state}: ${assets} deletable of ${workspace} (${accountType}), none left.`
    : `Request ${id} is ${state}; ${left} of ${assets} are left, or its receipt was NOT verified.`;
}
