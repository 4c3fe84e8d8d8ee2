import { type AccessToken, fixedToken, localToken } from "./access-token.ts";
import { CommandError } from "./command-error.ts";
import { findLocalStack, trustLocalStack } from "./local-stack.ts";

/** An API and the way to get a token for it. */
export type Connection = {
  /** Without a slash at the end. */
  readonly api: string;
  readonly token: AccessToken;
};

type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_API = "http://127.0.0.1:7071";
const DEFAULT_STACK_FILE = ".local/stack.json";

/**
 * Where to send calls, and as whom: `--api`, then `STUDIO_DSR_API`, then the running local stack, then
 * the address a local stack usually has. The token is `STUDIO_DSR_TOKEN`, or one of the local stack's
 * own issuer, which is asked for that stack only. `STUDIO_DSR_STACK` names another `stack.json`.
 *
 * Throws a usage error when there is no token, or when the token would travel unencrypted.
 */
export async function connect(
  apiOption: string | undefined,
  env: Environment,
): Promise<Connection> {
  const stack = await findLocalStack(env["STUDIO_DSR_STACK"] ?? DEFAULT_STACK_FILE);
  const api = parseApi(apiOption ?? env["STUDIO_DSR_API"] ?? stack?.api ?? DEFAULT_API);
  const isLocalStack = stack !== null && api === parseApi(stack.api);
  if (isLocalStack) await trustLocalStack(stack);
  const token = env["STUDIO_DSR_TOKEN"];
  if (token !== undefined && token !== "") return { api, token: fixedToken(token) };
  if (isLocalStack) return { api, token: localToken(stack) };
  throw new CommandError(
    `There is no access token for ${api}. Set STUDIO_DSR_TOKEN, or start the local stack with "npm run stack".`,
    { exitCode: 2 },
  );
}

function parseApi(text: string): string {
  const url = URL.parse(text);
  const isWeb = url?.protocol === "https:" || url?.protocol === "http:";
  if (url === null || !isWeb || url.username !== "" || url.search !== "") {
    throw new CommandError(
      "The API's address must be a plain URL, such as https://dsr.example.org.",
      {
        exitCode: 2,
      },
    );
  }
  if (url.protocol === "http:" && !["127.0.0.1", "localhost", "[::1]"].includes(url.hostname)) {
    throw new CommandError("The API's address must be https: a token would travel unencrypted.", {
      exitCode: 2,
    });
  }
  return url.href.replace(/\/+$/, "");
}
