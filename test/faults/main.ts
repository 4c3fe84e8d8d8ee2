/** `npm run faults -- NAME`: breaks a part of the project on purpose, and counts what that cost. */
import { Command } from "commander";
import { killBroker } from "./broker/kill-broker.ts";
import { killHosts } from "./kill/kill-hosts.ts";
import { addMutants } from "./mutants/command.ts";
import { addSimulate } from "./simulation/command.ts";
import { wholeNumber } from "./whole-number.ts";

type KillCommand = {
  readonly kills: number;
  readonly sends: number;
  readonly seed: number;
  readonly json?: boolean;
};

const program = new Command("faults").description("Breaks parts of the project on purpose.");

program
  .command("broker")
  .description("kills the Service Bus broker during acknowledged sends, and looks what is left")
  .option("--kills <number>", "how often", wholeNumber, 500)
  .option("--sends <number>", "acknowledged sends in all", wholeNumber, 50_000)
  .option("--seed <number>", "makes the same choices again", wholeNumber, Date.now() % 1_000_000)
  .option("--json", "the last line on standard output is the result")
  .action(runKillBroker);

program
  .command("kill")
  .description(
    "kills and pauses the app under a mixed load, and proves what became of every request",
  )
  .option("--kills <number>", "how often", wholeNumber, 1_000)
  .option("--requests <number>", "privacy requests in all", wholeNumber, 5_000)
  .option("--seed <number>", "makes the same choices again", wholeNumber, Date.now() % 1_000_000)
  .option("--evidence <folder>", "keeps all that the run was judged by")
  .option("--json", "the last line on standard output is the result")
  .action(killHosts);

addSimulate(program);
addMutants(program);

await program.parseAsync();

/** Exit code 1 when anything is lost, wrong or twice there, 130 after Ctrl-C. */
async function runKillBroker({ json, ...options }: KillCommand): Promise<void> {
  const interrupted = new AbortController();
  process.once("SIGINT", () => {
    console.error("Stopping after this kill...");
    interrupted.abort();
  });
  const onProgress = (line: string): void => console.error(line);
  const result = await killBroker({ ...options, onProgress, signal: interrupted.signal });
  const { lost, duplicated, deliveryCountsWrong, staleLocksAccepted } = result;
  const isRight = lost + duplicated + deliveryCountsWrong + staleLocksAccepted === 0;
  const verdict = isRight ? "Everything is as it must be." : "WRONG.";
  console.log(json === true ? JSON.stringify(result) : verdict, ...(json ? [] : [result]));
  // Clients of killed brokers still wait for answers; nobody waits for them.
  process.exit(isRight ? (interrupted.signal.aborted ? 130 : 0) : 1);
}
