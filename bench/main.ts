/** `npm run bench -- NAME`: measures a part of the project beside what it is compared with. */
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError, Option } from "commander";
import { runAll } from "./all.ts";
import { runBrokerBench } from "./broker/broker-bench.ts";
import { runColdStart } from "./cold-start.ts";
import { runDeleteArm } from "./delete-arm.ts";
import { AZURITE_VERSIONS } from "./export/export-stack.ts";
import { runExportLarge } from "./export-large.ts";
import { runExportMany } from "./export-many.ts";
import { runExportMixed } from "./export-mixed.ts";
import { runExportSmall } from "./export-small.ts";
import type { Figure } from "./figure.ts";
import { runIntake } from "./intake.ts";
import { runList } from "./list.ts";
import { runQueue } from "./queue.ts";
import { runResume } from "./resume.ts";

type Run<Options> = (
  options: Options & { readonly onProgress: (line: string) => void },
) => Promise<Figure[]>;

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const UNITS: Readonly<Record<string, number>> = { "": 1, MiB: MIB, GiB: GIB };

const program = new Command("bench").description("Measures parts of the project, side by side.");

bench(
  "broker",
  "the Service Bus broker beside an echo of plain rhea in this process",
  runBrokerBench,
)
  .option("--messages <number>", "messages of one round", wholeNumber, 20_000)
  .option("--rounds <number>", "turns that each side takes", wholeNumber, 7);

bench(
  "export-large",
  "a large data set: speed beside the SDK, memory beside a small one, cost of kills",
  runExportLarge,
)
  .option("--ratio-bytes <size>", "size of the data set beside the SDK", size, 4 * GIB)
  .option("--rounds <number>", "turns that each side takes beside the SDK", wholeNumber, 5)
  .addOption(azurite())
  .option("--bytes <size>", "size of the large data set, such as 8GiB", size, 8 * GIB)
  .option("--small-bytes <size>", "size of the small one", size, 256 * MIB)
  .option("--kills <number>", "how often the worker is killed", wholeNumber, 20);

bench("export-many", "an asset of a large workspace beside one of a small workspace", runExportMany)
  .option("--assets <number>", "assets of the large workspace", wholeNumber, 20_000)
  .option("--few-assets <number>", "assets of the small one", wholeNumber, 1_000)
  .option("--asset-bytes <size>", "size of an asset", size, 8 * 1024)
  .option("--rounds <number>", "turns that each side takes", wholeNumber, 3);

bench(
  "delete-arm",
  "deletions through ARM beside the ideal time of its slower bucket",
  runDeleteArm,
)
  .option("--workspaces <number>", "workspaces to delete", wholeNumber, 1_000)
  .option("--rounds <number>", "turns that each side takes", wholeNumber, 5);

bench("intake", "accepting requests beside a bare server with one table transaction", runIntake)
  .option("--requests <number>", "requests of one round", wholeNumber, 1_000)
  .option("--rounds <number>", "turns that each side takes", wholeNumber, 7)
  .option("--connections <number>", "calls at a time", wholeNumber, 32);

bench("queue", "a function on a queue beside a bare receiver of the same client", runQueue)
  .option("--messages <number>", "messages of one round", wholeNumber, 10_000)
  .option("--prefetch <number>", "messages that wait in the host (prefetchCount)", wholeNumber, 16)
  .option("--rounds <number>", "turns that each side takes", wholeNumber, 7);

bench("export-mixed", "40 data sets, few of them large, beside rclone", runExportMixed)
  .option("--bytes <size>", "size of the largest data set", size, 256 * MIB)
  .option("--rounds <number>", "turns that each side takes", wholeNumber, 5)
  .addOption(azurite());

bench("export-small", "many small data sets beside rclone and a serial loop", runExportSmall)
  .option("--assets <number>", "data sets", wholeNumber, 5_000)
  .option("--asset-bytes <size>", "size of each", size, 8 * 1024)
  .option("--source-delay-ms <number>", "how late the source's answers begin", wholeNumber, 0)
  .option("--rounds <number>", "turns that each side takes", wholeNumber, 5)
  .addOption(azurite());

bench("list", "a filtered page of many requests beside the same query of the table", runList)
  .option("--requests <number>", "requests that are stored", wholeNumber, 100_000)
  .option("--pages <number>", "pages of one round", wholeNumber, 60)
  .option("--rounds <number>", "turns that each side takes", wholeNumber, 5);

bench("cold-start", "the load of the built app beside its entry with no SDK imported", runColdStart)
  .option("--rounds <number>", "turns that each side takes", wholeNumber, 7)
  .option("--loads <number>", "loads of a turn, the quickest of which counts", wholeNumber, 5);

bench("resume", "an export that is killed again and again beside one that is not", runResume)
  .option("--datasets <number>", "data sets", wholeNumber, 16)
  .option("--bytes <size>", "size of each", size, 256 * MIB)
  .option(
    "--kill-every-ms <number>",
    "time from a kill of a host to that of the other",
    wholeNumber,
    5_000,
  )
  .option(
    "--kills <number>",
    "most kills of one export, which is given up after 30",
    wholeNumber,
    20,
  )
  .option("--rounds <number>", "turns that each side takes", wholeNumber, 5);

const names = program.commands.map((command) => command.name());
bench(
  "all",
  `each of these in its default size, one after the other: ${names.join(", ")}`,
  (options) => runAll(fileURLToPath(import.meta.url), names, options),
);

await program.parseAsync();

/** A bench by its name; its options are those of `run`. */
function bench<Options>(name: string, description: string, run: Run<Options>): Command {
  return program
    .command(name)
    .description(description)
    .option("--json", "the last line on standard output is the result")
    .action(async ({ json, ...options }: Options & { json?: boolean }) => {
      console.error(`bench ${name}: ${availableParallelism()} cores, Node ${process.version}`);
      // Commander gives every option a value: those of a bench all have a default.
      const figures = await run({ ...(options as Options), onProgress: console.error });
      report(figures, json === true, name);
    });
}

function azurite(): Option {
  const option = new Option("--azurite <version>", "the Azurite that everybody copies to");
  return option.choices(AZURITE_VERSIONS).default(AZURITE_VERSIONS[0]);
}

/** Exit code 1 when a target is missed or the spread forbids an answer. */
function report(figures: readonly Figure[], isJson: boolean, name: string): void {
  const result = figures.length === 1 && name !== "all" ? figures[0] : figures;
  console.log(isJson ? JSON.stringify(result) : figures.map(sentence).join("\n"));
  process.exitCode = figures.every(({ holds }) => holds === true) ? 0 : 1;
}

function sentence({ name, ratio, target, holds, spread, details, ...cost }: Figure): string {
  const verdict = { true: "holds", false: "MISSED", null: "the spread forbids an answer" };
  const measured = Object.entries({ target, spread, ...cost, ...details })
    .map(([key, value]) => `${key} ${value ?? "-"}`)
    .join(", ");
  return `${name}: ${ratio ?? "no ratio"} (${verdict[`${holds}`]}; ${measured})`;
}

function size(text: string): number {
  const [, count = "", unit = ""] = /^(\d+)(MiB|GiB)?$/.exec(text) ?? [];
  return wholeNumber(count) * (UNITS[unit] ?? Number.NaN);
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (text === "" || !Number.isInteger(value) || value < 0) {
    throw new InvalidArgumentError("expected a whole number");
  }
  return value;
}
