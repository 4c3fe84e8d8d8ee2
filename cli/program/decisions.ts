import type { Command } from "commander";
import type { CommandContext } from "../command-context.ts";
import { confirmIdentity, decide } from "../commands/deletion.ts";
import { parseRequestId } from "../request-id.ts";

/** What people decide about a request, each with whether a reason is owed. */
const DECISIONS = [
  ["refuse", "refuse a request before it has begun", true],
  ["cancel", "cancel a request of your own; a deletion until it has begun", false],
  ["hold", "put a legal hold on a deletion: no destructive call starts once it is held", true],
  ["release", "end the legal hold of a deletion", true],
  ["extend", "extend the time to answer, once, before the first date", true],
  ["await-identity", "let the clock stand still until it is confirmed whose data it is", true],
] as const;

type Evidence = Parameters<typeof confirmIdentity>[2];

/** The commands that decide about a request. */
export function addDecisionCommands(
  program: Command,
  context: () => Promise<CommandContext>,
): void {
  for (const [decision, description, isOwed] of DECISIONS) {
    const command = program
      .command(decision)
      .argument("<id>", "request id of 32 hex digits", parseRequestId)
      .description(description);
    if (isOwed) command.requiredOption("--reason <text>", "why");
    else command.option("--reason <text>", "why");
    command.action(async (id: string, options: { reason?: string }) =>
      decide(await context(), id, decision, options),
    );
  }
  program
    .command("confirm-identity")
    .argument("<id>", "request id of 32 hex digits", parseRequestId)
    .description("record how it was confirmed whose data it is (Operator)")
    .requiredOption("--method <name>", "such as id-document")
    .requiredOption("--level <level>", "how sure that is: low, substantial or high")
    .option("--verified-at <time>", "when, such as 2026-03-02T09:00:00Z (default: now)")
    .action(async (id: string, options: Evidence) => confirmIdentity(await context(), id, options));
}
