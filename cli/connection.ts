import { join } from "node:path";
import { type AccessToken, fixedToken, localToken } from "./access-token.ts";
import { azureToken } from "./azure-token.ts";
import { CommandError } from "./command-error.ts";
import { findLocalStack, type LocalStack, trustLocalStack } from "./local-stack.ts";

/** An API and the way to get a token for it. */
export type Connection = {
  /** Without a slash at the end. */
  readonly api: string;
  readonly token: AccessToken;
  /**
   * Where its packages go unless told otherwise: beside the data of the local stack, which version control
   * leaves alone, or the current folder.
   */
  readonly packagesFolder: string;
  /** Where its receipts go unless told otherwise. */
  readonly receiptsFolder: string;
};

type Environment = Readonly<Record<string, string | undefined>>;

/** The identity of the local stack's issuer that may submit and read requests. */
const LOCAL_IDENTITY = "requester-tool";

const DEFAULT_API = "http://127.0.0.1:7071";

/**
 * Where to send calls, and as whom: `--api`, then `STUDIO_DSR_API`, then the running local stack, then
 * the address a local stack usually has. The token is `STUDIO_DSR_TOKEN`, or one of the local stack's
 * own issuer, which is asked for that stack only, as `STUDIO_DSR_LOCAL_IDENTITY`; else one of the Azure CLI, for the
 * API that `STUDIO_DSR_AUDIENCE` names. `STUDIO_DSR_STACK` names its `stack.json`; otherwise
 * `.local/stack.json` is looked for in the current folder and those above it.
 *
 * Throws a usage error when there is no token, or when the token would travel unencrypted.
 */
export async function connect(
  apiOption: string | undefined,
  env: Environment,
  currentFolder: string = process.cwd(),
): Promise<Connection> {
  const { api, stack, lookedFor } = await findApi(apiOption, env, currentFolder);
  const packagesFolder = stack === null ? "." : join(stack.folder, "exports");
  const receiptsFolder = stack === null ? "." : join(stack.folder, "receipts");
  const folders = { packagesFolder, receiptsFolder };
  const token = env["STUDIO_DSR_TOKEN"];
  if (token !== undefined && token !== "") return { api, token: fixedToken(token), ...folders };
  if (stack !== null) {
    const identity = env["STUDIO_DSR_LOCAL_IDENTITY"] || LOCAL_IDENTITY;
    return { api, token: localToken(stack, identity), ...folders };
  }
  const audience = env["STUDIO_DSR_AUDIENCE"];
  if (audience !== undefined && audience !== "") {
    return { api, token: azureToken(audience), ...folders };
  }
  throw noToken(api, lookedFor);
}

/**
 * Where the API is, and the local stack when it is that one's; `lookedFor` is set when no stack is running at all.
 * Trusts the local stack's certificates. Throws as `connect` does, but for a token.
 */
export async function findApi(
  apiOption: string | undefined,
  env: Environment,
  currentFolder: string = process.cwd(),
): Promise<{ api: string; stack: LocalStack | null; lookedFor: string | null }> {
  const { stack, lookedFor } = await findLocalStack(env["STUDIO_DSR_STACK"], currentFolder);
  const api = parseApi(apiOption ?? env["STUDIO_DSR_API"] ?? stack?.api ?? DEFAULT_API);
  const isLocalStack = stack !== null && api === parseApi(stack.api);
  if (isLocalStack) await trustLocalStack(stack);
  return { api, stack: isLocalStack ? stack : null, lookedFor: stack === null ? lookedFor : null };
}

function noToken(api: string, lookedFor: string | null): CommandError {
  const message =
    lookedFor === null
      ? `There is no access token for ${api}: set STUDIO_DSR_TOKEN, or STUDIO_DSR_AUDIENCE to ask the Azure CLI for one.`
      : `There is no access token for ${api}, and no local stack is running (looked for ${lookedFor}). ` +
        'Set STUDIO_DSR_TOKEN, or start the stack with "npm run stack" in the project\'s folder.';
  return new CommandError(message, { exitCode: 2 });
}

function parseApi(text: string): string {
  const url = URL.parse(text);
  const isWeb = url?.protocol === "https:" || url?.protocol === "http:";
  if (url === null || !isWeb || url.username !== "" || url.search !== "") {
    throw new CommandError(
      "The API's address must be a plain URL, such as https://dsr.example.org.",
      { exitCode: 2 },
    );
  }
  if (url.protocol === "http:" && !["127.0.0.1", "localhost", "[::1]"].includes(url.hostname)) {
    throw new CommandError("The API's address must be https: a token would travel unencrypted.", {
      exitCode: 2,
    });
  }
  return url.href.replace(/\/+$/, "");
}
