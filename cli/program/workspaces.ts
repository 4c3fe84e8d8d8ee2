import type { Command } from "commander";
import type { CommandContext } from "../command-context.ts";
import {
  DEFAULT_REGION,
  listWorkspaces,
  type RegisterOptions,
  registerWorkspace,
  removeWorkspace,
  showInventory,
  showWorkspace,
} from "../commands/workspaces.ts";
import { parseWorkspaceId } from "../workspace-id.ts";

/** The commands about registered workspaces. */
export function addWorkspaceCommands(
  program: Command,
  context: () => Promise<CommandContext>,
): void {
  const workspaces = program
    .command("workspaces")
    .description("free and guest workspaces, which have to be registered with their token");
  workspaces
    .command("register")
    .argument("<id>", "workspace id of 32 hex digits", parseWorkspaceId)
    .description("register a free or guest workspace, or replace its token")
    .option(
      "--region <name>",
      "where it is; free and guest workspaces are all here",
      DEFAULT_REGION,
    )
    .option("--type <type>", "fail unless it is of this type: free or guest")
    .option(
      "--token-stdin",
      "read the token from standard input, not from STUDIO_DSR_WORKSPACE_TOKEN",
    )
    .action(async (id: string, options: RegisterOptions) =>
      registerWorkspace(await context(), id, options),
    );
  workspaces
    .command("list")
    .description("show the workspaces that you registered; to an Operator, all")
    .action(async () => listWorkspaces(await context()));
  workspaces
    .command("show")
    .argument("<id>", "workspace id of 32 hex digits", parseWorkspaceId)
    .description("show one of them")
    .action(async (id: string) => showWorkspace(await context(), id));
  workspaces
    .command("inventory")
    .argument("<id>", "workspace id of 32 hex digits", parseWorkspaceId)
    .description("list what any workspace holds, without a request: changes nothing")
    .action(async (id: string) => showInventory(await context(), id));
  workspaces
    .command("remove")
    .argument("<id>", "workspace id of 32 hex digits", parseWorkspaceId)
    .description("forget a workspace and its token")
    .action(async (id: string) => removeWorkspace(await context(), id));
}
