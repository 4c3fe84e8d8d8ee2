import { registerBodySchema, type WorkspaceView } from "../../shared/core/wire.ts";
import type { CommandContext } from "../command-context.ts";
import { CommandError } from "../command-error.ts";
import { formatBytes } from "../progress-line.ts";
import { readWorkspaceToken } from "../workspace-token.ts";

/** All free and guest workspaces were made in this region. */
export const DEFAULT_REGION = "South Central US";

export type RegisterOptions = {
  readonly region: string;
  /** Fails when the service says that it is another. */
  readonly type?: string;
  readonly tokenStdin?: boolean;
};

/** `studio-dsr workspaces register <id>`: hands over the token of a free or guest workspace. */
export async function registerWorkspace(
  context: CommandContext,
  workspaceId: string,
  { region, type, tokenStdin }: RegisterOptions,
): Promise<void> {
  const token = await readWorkspaceToken(tokenStdin === true, process.stdin, process.env);
  const body = registerBodySchema.safeParse({ region, type, token });
  if (!body.success) {
    const found = body.error.issues.map(({ path, message }) => `  ${path.join(".")}: ${message}`);
    const message = ["The workspace cannot be registered like this.", ...found].join("\n");
    throw new CommandError(message, { exitCode: 2 });
  }
  const registered = await context.client.registerWorkspace(workspaceId, body.data);
  const next = `Export it with: studio-dsr export ${registered.id}`;
  context.print(`${workspaceLine(registered)}\n${next}`, registered);
}

/** `studio-dsr workspaces list`: a line per workspace. */
export async function listWorkspaces(context: CommandContext): Promise<void> {
  const list = await context.client.listWorkspaces();
  const lines = list.workspaces.map(workspaceLine);
  context.print(lines.length === 0 ? "No workspace is registered." : lines.join("\n"), list);
}

/** `studio-dsr workspaces show <id>`: one of them. */
export async function showWorkspace(
  { client, print }: CommandContext,
  workspaceId: string,
): Promise<void> {
  const workspace = await client.getWorkspace(workspaceId);
  print(workspaceLine(workspace), workspace);
}

/** `studio-dsr workspaces inventory <id>`: what the workspace holds, a line per asset; a dry run. */
export async function showInventory(
  { client, print }: CommandContext,
  workspaceId: string,
): Promise<void> {
  for await (const line of client.getInventory(workspaceId)) {
    const text =
      line.type === "end"
        ? `${line.assets} assets, ${formatBytes(line.bytes)}`
        : `${line.kind}  ${line.name}  ${formatBytes(line.bytes)}  (${line.id})`;
    print(text, line);
  }
}

/** `studio-dsr workspaces remove <id>`: forgets a workspace and purges its token. */
export async function removeWorkspace(context: CommandContext, workspaceId: string): Promise<void> {
  await context.client.removeWorkspace(workspaceId);
  const removed = { id: workspaceId, removed: true };
  context.print(`${workspaceId}  removed, its token is purged`, removed);
}

function workspaceLine({ id, accountType, registeredAt, expiresAt }: WorkspaceView): string {
  const end = expiresAt === null ? "" : `, ends at ${expiresAt} or before`;
  return `${id}  ${accountType}, registered ${registeredAt}${end}`;
}
