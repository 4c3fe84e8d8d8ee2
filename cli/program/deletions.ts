import type { Command } from "commander";
import type { CommandContext } from "../command-context.ts";
import { approve, type DeleteOptions, showPlan, submitDelete } from "../commands/deletion.ts";
import { parseRequestId } from "../request-id.ts";

/** The commands about deletions. */
export function addDeletionCommands(
  program: Command,
  context: () => Promise<CommandContext>,
): void {
  program
    .command("delete [workspace]")
    .description(
      "ask for a deletion; nothing is deleted before its plan is approved by another person",
    )
    .option("--subject <person>", "everything about a person: e-mail address or account id")
    .option(
      "--asset <kind:id...>",
      "single assets instead of the whole workspace, such as dataset:ID",
    )
    .option("--export-first", "export and seal a package before, which the approval then covers")
    .option("--key <text>", "idempotency key: the same key gives the same request")
    .action(async (workspace: string | undefined, options: DeleteOptions) =>
      submitDelete(await context(), workspace, options),
    );
  program
    .command("plan")
    .argument("<id>", "request id of 32 hex digits", parseRequestId)
    .description("show what a deletion would delete, and the hash that an approval names")
    .action(async (id: string) => showPlan(await context(), id));
  program
    .command("approve")
    .argument("<id>", "request id of 32 hex digits", parseRequestId)
    .description("approve the plan of a deletion that somebody else asked for")
    .requiredOption("--plan-hash <hash>", "the plan that you have read (studio-dsr plan ID)")
    .option("--comment <text>", "kept with the request; its history has only a digest")
    .action(async (id: string, options: { planHash: string; comment?: string }) =>
      approve(await context(), id, options),
    );
}
