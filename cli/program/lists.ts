import type { Command } from "commander";
import type { CommandContext } from "../command-context.ts";
import {
  discardDeadLetter,
  type ListOptions,
  listDeadLetters,
  listRequests,
  replayDeadLetter,
} from "../commands/lists.ts";

/** Adds `list` and `dead-letters`. */
export function addListCommands(program: Command, context: () => Promise<CommandContext>): void {
  program
    .command("list")
    .description("show your requests, newest first; to an Operator or Auditor, all")
    .option("--state <state>", "only requests in this state")
    .option("--kind <kind>", "only exports, or only deletions: export or delete")
    .option("--workspace <id>", "only requests about this workspace")
    .option(
      "--due-before <time>",
      "only requests that are due by then (such as 2026-03-31T00:00:00Z)",
    )
    .option("--external-id <ticket>", "only requests of this ticket")
    .action(async (options: ListOptions) => listRequests(await context(), options));
  const letters = program
    .command("dead-letters")
    .description("messages that the broker gave up delivering (for Operators)");
  letters
    .command("list")
    .description("show them, without their content")
    .option("--queue <name>", "only those of this queue")
    .action(async (options: { queue?: string }) => listDeadLetters(await context(), options));
  letters
    .command("replay <queue> <number>")
    .description("put one back into its queue")
    .action(async (queue: string, number: string) =>
      replayDeadLetter(await context(), queue, number),
    );
  letters
    .command("discard <queue> <number>")
    .description("throw one away")
    .action(async (queue: string, number: string) =>
      discardDeadLetter(await context(), queue, number),
    );
}
