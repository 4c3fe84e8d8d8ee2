import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { z } from "zod";
import type { AccessToken } from "./access-token.ts";
import { CommandError } from "./command-error.ts";

const run = promisify(execFile);

/** What `az account get-access-token` prints; `expires_on` in seconds since 1970, missing in old versions. */
const answerSchema = z.object({
  accessToken: z.string().min(1),
  expires_on: z.coerce.number().optional(),
});

const RENEW_BEFORE_MS = 60_000;
const ANSWER_WITHIN_MS = 60_000;

/**
 * Tokens of whoever is signed in to the Azure CLI, for the API with that application id URI; kept until one minute
 * before they end (https://learn.microsoft.com/cli/azure/account#az-account-get-access-token).
 *
 * Throws a usage error for an audience that is none. The token throws a `CommandError` that says what to do when the
 * CLI is not installed, nobody is signed in, or no token is given.
 */
export function azureToken(audience: string): AccessToken {
  if (!/^[\w-]+:\/\/[\w./-]+$/.test(audience)) {
    throw new CommandError(
      "STUDIO_DSR_AUDIENCE must be an application id URI, such as api://<client id>.",
      {
        exitCode: 2,
      },
    );
  }
  let kept = { token: "", until: 0 };
  return async (signal) => {
    if (Date.now() < kept.until) return kept.token;
    const { accessToken: token, expires_on: end } = await askCli(audience, signal);
    kept = { token, until: end === undefined ? 0 : end * 1000 - RENEW_BEFORE_MS };
    return token;
  };
}

async function askCli(
  audience: string,
  signal: AbortSignal,
): Promise<z.infer<typeof answerSchema>> {
  const args = [
    "account",
    "get-access-token",
    "--scope",
    `${audience}/.default`,
    "--output",
    "json",
  ];
  // On Windows the CLI is a batch file, which only a shell starts; the audience has no character that means anything there.
  const options = { signal, timeout: ANSWER_WITHIN_MS, shell: process.platform === "win32" };
  try {
    const { stdout } = await run("az", args, options);
    return answerSchema.parse(JSON.parse(stdout));
  } catch (cause) {
    signal.throwIfAborted();
    throw noToken(cause);
  }
}

function noToken(cause: unknown): CommandError {
  const { code, stderr = "" } = cause as { readonly code?: unknown; readonly stderr?: string };
  if (code === "ENOENT") {
    const message = "The Azure CLI (az) is not installed: install it, or set STUDIO_DSR_TOKEN.";
    return new CommandError(message, { cause });
  }
  // What it prints on standard error is for people, and holds no token.
  const [said = ""] = stderr.trim().split("\n");
  return new CommandError(
    `The Azure CLI gives no token${said === "" ? "" : ` (${said})`}: sign in with "az login", or set STUDIO_DSR_TOKEN.`,
    { cause },
  );
}
