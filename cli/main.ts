/** `studio-dsr`: the command line of the HTTP API. Exit codes: see the help text. */
import { Command, CommanderError } from "commander";
import { apiClient } from "./api-client.ts";
import type { CommandContext } from "./command-context.ts";
import { CommandError } from "./command-error.ts";
import { type DownloadOptions, download } from "./commands/download.ts";
import { fetchReceipt, proveAudit } from "./commands/proof.ts";
import { type ProofContext, proveReceipt } from "./commands/prove-receipt.ts";
import { retry } from "./commands/retry.ts";
import { showStatus } from "./commands/show-status.ts";
import { type ExportOptions, submitExport } from "./commands/submit-export.ts";
import { connect, findApi } from "./connection.ts";
import { addDecisionCommands } from "./program/decisions.ts";
import { addDeletionCommands } from "./program/deletions.ts";
import { addListCommands } from "./program/lists.ts";
import { addServiceCommands } from "./program/service.ts";
import { addWorkspaceCommands } from "./program/workspaces.ts";
import { progressLine } from "./progress-line.ts";
import { parseRequestId } from "./request-id.ts";

const interrupted = new AbortController();
// Once: a second Ctrl-C ends the process the usual way.
process.once("SIGINT", () => interrupted.abort());
process.once("SIGTERM", () => interrupted.abort());

const program = new Command("studio-dsr")
  .description("Answers data-subject requests on Machine Learning Studio (classic) workspaces.")
  .option("--api <url>", "address of the API (default: STUDIO_DSR_API, then the local stack)")
  .option("--json", "print the result, and what went wrong, as lines of JSON")
  .addHelpText("after", environmentHelp())
  .showHelpAfterError("(use --help for more)")
  .exitOverride();

program
  .command("export [workspace]")
  .description("submit an export of a workspace (ARM id, or workspace id of 32 hex digits)")
  .option("--subject <person>", "everything about a person: e-mail address or account id")
  .option("--key <text>", "idempotency key: the same key gives the same request")
  .option("--wait", "wait until the request has ended")
  .option("--out <dir>", "wait, then download the package to this folder")
  .action(async (workspace: string | undefined, options: ExportOptions) =>
    submitExport(await context(), workspace, options),
  );
program
  .command("status")
  .argument("<id>", "request id of 32 hex digits", parseRequestId)
  .description("show a request")
  .option("--watch", "until it has ended; fails when it failed")
  .action(async (id: string, options: { watch?: boolean }) =>
    showStatus(await context(), id, options),
  );
program
  .command("download")
  .argument("<id>", "request id of 32 hex digits", parseRequestId)
  .description("fetch a package and prove every digest")
  .option("--zip", "as one file, which unpacks to the same folder")
  .option("--out <path>", "where to put it (default: named after the request)")
  .action(async (id: string, options: DownloadOptions) => download(await context(), id, options));
program
  .command("retry")
  .argument("<id>", "request id of 32 hex digits", parseRequestId)
  .description("make a new request for exactly what failed in one that has ended")
  .action(async (id: string) => retry(await context(), id));
program
  .command("receipt")
  .argument("<id>", "request id of 32 hex digits", parseRequestId)
  .description("fetch the receipt of a request that has ended")
  .option("--out <file>", "where to put it (default: named after the request)")
  .action(async (id: string, options: { out?: string }) =>
    fetchReceipt(await context(), id, options),
  );
program
  .command("verify-audit <id>")
  .description("prove the audit trail of a request, by its id or from a file that was kept")
  .option("--receipt <file>", "a receipt that has to name this very trail")
  .action(async (id: string, options: { receipt?: string }) =>
    proveAudit(context, proofContext().print, id, options),
  );
program
  .command("verify-receipt <file>")
  .description("prove a receipt, with the keys that the API publishes or with those of a file")
  .option("--jwks <file>", "the deployment's /.well-known/jwks.json; needs no connection")
  .action(async (file: string, options: { jwks?: string }) =>
    proveReceipt(proofContext(), file, options),
  );
addDeletionCommands(program, context);
addDecisionCommands(program, context);
addWorkspaceCommands(program, context);
addListCommands(program, context);
addServiceCommands(program, context);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

async function context(): Promise<CommandContext> {
  const { api, json } = program.opts<{ api?: string; json?: boolean }>();
  const connection = await connect(api, process.env);
  return {
    client: apiClient(connection, interrupted.signal),
    progress: progressLine(process.stderr),
    packagesFolder: connection.packagesFolder,
    receiptsFolder: connection.receiptsFolder,
    print: (text, value) => console.log(json === true ? JSON.stringify(value) : text),
    signal: interrupted.signal,
  };
}

function proofContext(): ProofContext {
  const { api, json } = program.opts<{ api?: string; json?: boolean }>();
  return {
    api: async () => (await findApi(api, process.env)).api,
    print: (text, value) => console.log(json === true ? JSON.stringify(value) : text),
    signal: interrupted.signal,
  };
}

/** Says what went wrong on standard error and gives the exit code. */
function report(error: unknown): number {
  // Commander has printed its own message; `--help` is no error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const { message, code, exitCode } = commandErrorOf(error);
  // An interruption leaves the live line where it is.
  console.error(interrupted.signal.aborted ? `\n${message}` : message);
  if (program.opts()["json"] === true) console.log(JSON.stringify({ error: { code, message } }));
  return exitCode;
}

function commandErrorOf(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  if (interrupted.signal.aborted) {
    const message = "Interrupted. A request that was submitted goes on.";
    return new CommandError(message, { exitCode: 130, cause: error });
  }
  return new CommandError(error instanceof Error ? error.message : String(error), { cause: error });
}

function environmentHelp(): string {
  return `
Environment:
  STUDIO_DSR_API              address of the API
  STUDIO_DSR_TOKEN            access token; not needed for the local stack
  STUDIO_DSR_AUDIENCE         application id URI of the API (api://...): without a token, the Azure CLI is asked
                              for one (az account get-access-token), as who "az login" says you are
  STUDIO_DSR_WORKSPACE_TOKEN  token of the workspace to register
  STUDIO_DSR_LOCAL_IDENTITY   who you are to the local stack: requester-tool (the default), approver-app,
                              operator-app or auditor-app
  STUDIO_DSR_STACK            stack.json of the local stack (default: .local/stack.json here or above)

Exit codes: 0 done, 1 failed or not proven, 2 wrong usage, 130 interrupted.`;
}
