import type { JSONWebKeySet } from "jose";
import { z } from "zod";
import { CommandError } from "./command-error.ts";
import { readNamedFile } from "./read-file.ts";

const keySetSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) });

const ANSWER_WITHIN_MS = 30_000;

/** The public keys of a file that was kept. Throws a usage error when it is no JWK set (RFC 7517, 5). */
export async function keysFromFile(path: string): Promise<JSONWebKeySet> {
  const text = (await readNamedFile(path)).toString("utf8");
  return keySet(
    text,
    `${path} is no JWK set: fetch /.well-known/jwks.json of the deployment again.`,
  );
}

/** The public keys that a deployment publishes for everybody. */
export async function keysOfApi(api: string, signal: AbortSignal): Promise<JSONWebKeySet> {
  const url = `${api}/.well-known/jwks.json`;
  const answer = await fetch(url, {
    redirect: "error",
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
  }).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw new CommandError(`Nothing answers at ${api}. Name a file of keys with --jwks.`, {
      cause,
    });
  });
  return keySet(await answer.text(), `${url} gives no JWK set; is that a studio-dsr API?`);
}

function keySet(text: string, problem: string): JSONWebKeySet {
  try {
    return keySetSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new CommandError(problem, { exitCode: 2, cause });
  }
}
