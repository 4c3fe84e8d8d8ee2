import { setTimeout as delay } from "node:timers/promises";
import type { z } from "zod";
import { problemSchema } from "../shared/core/wire.ts";
import { CommandError } from "./command-error.ts";
import type { Connection } from "./connection.ts";
import { problemSentence, type Subject } from "./problem-sentence.ts";

/** One call of the HTTP API, made until it is answered. */

const ANSWER_WITHIN_MS = 60_000;
/** An address that never answered is most likely wrong; one that did may be restarting. */
const TRIES_AT_FIRST = 2;
const TRIES_LATER = 8;
const LONGEST_WAIT_MS = 5_000;

/** A call of the API: what is asked, and what it is about. */
export type Call = {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly subject: Subject;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** Makes calls until they are answered for good. Throws {@link CommandError} when nothing answers. */
export function caller(connection: Connection, signal: AbortSignal) {
  let hasAnswered = false;
  return async (request: Call): Promise<Response> => {
    for (let attempt = 1; ; attempt += 1) {
      const isLast = attempt >= (hasAnswered ? TRIES_LATER : TRIES_AT_FIRST);
      const response = await send(connection, request, signal).catch((error: unknown) => {
        signal.throwIfAborted();
        if (error instanceof CommandError) throw error;
        if (isLast) throw noAnswer(connection.api, error);
        return null;
      });
      hasAnswered ||= response !== null;
      if (response !== null && (isLast || !isTransient(response))) return response;
      await response?.body?.cancel();
      await delay(waitMs(response, attempt), undefined, { signal });
    }
  };
}

async function send(
  { api, token }: Connection,
  { method, path, headers, body }: Call,
  signal: AbortSignal,
): Promise<Response> {
  return fetch(api + path, {
    method,
    headers: { ...headers, authorization: `Bearer ${await token(signal)}` },
    ...(body === undefined ? {} : { body }),
    redirect: "error",
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
  });
}

/** The answer in that shape. Throws {@link CommandError} with the API's own explanation. */
export async function read<Schema extends z.ZodType>(
  response: Response,
  schema: Schema,
  { api, subject }: { readonly api: string; readonly subject: Subject },
): Promise<z.infer<Schema>> {
  const json: unknown = await response.json().catch(() => null);
  if (response.ok) {
    const answer = schema.safeParse(json);
    if (answer.success) return answer.data;
    throw new CommandError(`The answer cannot be understood; is ${api} a studio-dsr API?`);
  }
  const problem = problemSchema.safeParse(json);
  if (problem.success) {
    const { code } = problem.data;
    throw new CommandError(problemSentence(problem.data, subject), { code });
  }
  throw new CommandError(`The API answered HTTP ${response.status} without an explanation.`);
}

function isTransient({ status }: Response): boolean {
  return status === 429 || status === 502 || status === 503 || status === 504;
}

function waitMs(response: Response | null, attempt: number): number {
  const askedMs = Number(response?.headers.get("retry-after") ?? 0) * 1000;
  const backOffMs = 250 * 2 ** (attempt - 1);
  return Math.min(Math.max(askedMs || 0, backOffMs), LONGEST_WAIT_MS);
}

function noAnswer(api: string, cause: unknown): CommandError {
  return new CommandError(
    `Nothing answers at ${api}. Start the local stack with "npm run stack", or name the API with --api.`,
    { cause },
  );
}
