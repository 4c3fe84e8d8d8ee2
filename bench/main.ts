/** `npm run bench -- NAME`: measures a part of the project beside what it is compared with. */
import { availableParallelism } from "node:os";
import { Command, InvalidArgumentError } from "commander";
import { runBrokerBench } from "./broker/broker-bench.ts";
import type { Figure } from "./figure.ts";

type Bench = {
  readonly description: string;
  /** Messages, or whatever one round of this bench is made of. */
  readonly messages: number;
  readonly run: (options: {
    readonly messages: number;
    readonly rounds: number;
    readonly onProgress: (line: string) => void;
  }) => Promise<Figure[]>;
};

type Options = { readonly messages: number; readonly rounds: number; readonly json?: boolean };

const BENCHES: Readonly<Record<string, Bench>> = {
  broker: {
    description: "the Service Bus broker beside an echo of plain rhea in this process",
    messages: 20_000,
    run: runBrokerBench,
  },
};

const program = new Command("bench").description("Measures parts of the project, side by side.");
for (const [name, bench] of Object.entries(BENCHES)) {
  program
    .command(name)
    .description(bench.description)
    .option("--messages <number>", "messages of one round", wholeNumber, bench.messages)
    .option("--rounds <number>", "turns that each side takes", wholeNumber, 7)
    .option("--json", "the last line on standard output is the result")
    .action((options: Options) => run(name, bench, options));
}
await program.parseAsync();

/** Exit code 1 when a target is missed or the spread forbids an answer. */
async function run(name: string, bench: Bench, options: Options): Promise<void> {
  const { messages, rounds } = options;
  console.error(`bench ${name}: ${availableParallelism()} cores, Node ${process.version}`);
  const figures = await bench.run({ messages, rounds, onProgress: console.error });
  console.log(options.json === true ? JSON.stringify(figures) : figures.map(sentence).join("\n"));
  process.exitCode = figures.every(({ holds }) => holds === true) ? 0 : 1;
}

function sentence({ name, ratio, target, holds, spread, details, ...cost }: Figure): string {
  const verdict = { true: "holds", false: "MISSED", null: "the spread forbids an answer" };
  const measured = Object.entries({ target, spread, ...cost, ...details })
    .map(([key, value]) => `${key} ${value ?? "-"}`)
    .join(", ");
  return `${name}: ${ratio ?? "no ratio"} (${verdict[`${holds}`]}; ${measured})`;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value <= 0) {
    throw new InvalidArgumentError("expected a whole number above 0");
  }
  return value;
}
