import { z } from "zod";
import { CommandError } from "./command-error.ts";
import type { LocalStack } from "./local-stack.ts";

/** Gives a token that is valid now. */
export type AccessToken = (signal: AbortSignal) => Promise<string>;

const answerSchema = z.object({ access_token: z.string(), expires_in: z.number() });

const RENEW_BEFORE_MS = 60_000;

/** A token that somebody else takes care of. */
export function fixedToken(token: string): AccessToken {
  return async () => token;
}

/**
 * Tokens of the local stack's issuer, by the client credentials grant (RFC 6749, 4.4); kept until one
 * minute before they end. `identity` is one of the issuer's applications.
 */
export function localToken(stack: LocalStack, identity: string): AccessToken {
  let kept = { token: "", until: 0 };
  return async (signal) => {
    if (Date.now() < kept.until) return kept.token;
    const answer = await requestToken(stack, identity, signal);
    const until = Date.now() + answer.expires_in * 1000 - RENEW_BEFORE_MS;
    kept = { token: answer.access_token, until };
    return kept.token;
  };
}

async function requestToken(
  stack: LocalStack,
  identity: string,
  signal: AbortSignal,
): Promise<z.infer<typeof answerSchema>> {
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: identity,
    scope: `${stack.audience}/.default`,
  });
  try {
    const response = await fetch(stack.tokenEndpoint, { method: "POST", body, signal });
    if (response.status === 400 || response.status === 401) throw noIdentity(identity);
    return answerSchema.parse(await response.json());
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof CommandError) throw cause;
    throw new CommandError("The local stack gives no token; is it still starting? Try again.", {
      cause,
    });
  }
}

function noIdentity(identity: string): CommandError {
  return new CommandError(
    `The local stack knows no identity "${identity}": take requester-tool, approver-app, operator-app or auditor-app.`,
    { exitCode: 2 },
  );
}
