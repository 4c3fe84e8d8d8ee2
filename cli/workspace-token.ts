import { CommandError } from "./command-error.ts";

const VARIABLE = "STUDIO_DSR_WORKSPACE_TOKEN";

/** Longer than any token; what is longer is something else. */
const MAX_CHARACTERS = 4096;

/**
 * The workspace's token: all of standard input without blanks around it, or the environment's. It is never an
 * argument, because those are seen by other processes and kept by shells. Throws a usage error without one.
 */
export async function readWorkspaceToken(
  fromStdin: boolean,
  input: AsyncIterable<Buffer | string>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const text = fromStdin ? await allOf(input) : (env[VARIABLE] ?? "");
  const token = text.trim();
  if (token !== "") return token;
  const message = fromStdin
    ? "Standard input is empty: it must hold the workspace's token."
    : `Give the workspace's token on standard input with --token-stdin, or in ${VARIABLE}.`;
  throw new CommandError(message, { exitCode: 2 });
}

async function allOf(input: AsyncIterable<Buffer | string>): Promise<string> {
  let text = "";
  for await (const chunk of input) {
    text += String(chunk);
    if (text.length > MAX_CHARACTERS) {
      throw new CommandError("Standard input holds more than a token.", { exitCode: 2 });
    }
  }
  return text;
}
