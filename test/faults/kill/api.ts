import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import type { Random } from "../../support/random.ts";
import { anyUrl, type FaultyHost } from "./hosts.ts";

/** Who calls: applications of the simulated directory. */
export type Identity = "requester-tool" | "approver-app" | "operator-app";

/** One call. `onTry` hears of every try of it: when it was sent and what came of it. */
export type ApiCall = {
  readonly method: "GET" | "POST" | "PUT";
  /** Below the host's address. */
  readonly path: string;
  readonly as: Identity;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly onTry?: (tried: Tried) => void;
};

/** `answer` is null when none came, or one that tells nothing: the call may have been taken or not. */
export type Tried = { readonly at: string; readonly answer: ApiAnswer | null };
export type ApiAnswer = { readonly status: number; readonly body: unknown; readonly text: string };

const TRY_WITHIN_MS = 8_000;
const BETWEEN_TRIES_MS = 150;
const tokenSchema = z.object({ access_token: z.string() });

/** A client of the app as it is reachable at the moment: it tries again until it is told something. */
export class Api {
  readonly #hosts: readonly FaultyHost[];
  readonly #tokenUrl: string;
  readonly #random: Random;
  readonly #signal: AbortSignal;
  readonly #tokens = new Map<Identity, Promise<string>>();

  constructor(
    hosts: readonly FaultyHost[],
    tokenUrl: string,
    { random, signal }: { readonly random: Random; readonly signal: AbortSignal },
  ) {
    this.#hosts = hosts;
    this.#tokenUrl = tokenUrl;
    this.#random = random;
    this.#signal = signal;
  }

  /** Calls until an answer comes that is neither 401, 429 nor 5xx. Throws when the run ends before. */
  async call(call: ApiCall): Promise<ApiAnswer> {
    for (;;) {
      this.#signal.throwIfAborted();
      const at = new Date().toISOString();
      const answer = await this.#try(call);
      const isTold = answer !== null && answer.status < 500 && ![401, 429].includes(answer.status);
      if (answer?.status === 401) this.#tokens.delete(call.as);
      call.onTry?.({ at, answer: isTold ? answer : null });
      if (isTold) return answer;
      await delay(BETWEEN_TRIES_MS, undefined, { signal: this.#signal });
    }
  }

  async #try({ method, path, as, body, headers }: ApiCall): Promise<ApiAnswer | null> {
    const origin = anyUrl(this.#hosts, this.#random);
    if (origin === null) return null;
    try {
      const answer = await fetch(origin + path, {
        method,
        headers: {
          authorization: `Bearer ${await this.#token(as)}`,
          ...(body !== undefined && { "content-type": "application/json" }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.any([this.#signal, AbortSignal.timeout(TRY_WITHIN_MS)]),
      });
      const text = await answer.text();
      const isJson = answer.headers.get("content-type")?.includes("json") === true;
      return { status: answer.status, text, body: isJson ? JSON.parse(text) : null };
    } catch {
      // Refused, cut or too late: the host was killed, or it is paused.
      return null;
    }
  }

  #token(identity: Identity): Promise<string> {
    const known = this.#tokens.get(identity);
    if (known !== undefined) return known;
    const asked = this.#askForToken(identity);
    this.#tokens.set(identity, asked);
    asked.catch(() => this.#tokens.delete(identity));
    return asked;
  }

  async #askForToken(identity: Identity): Promise<string> {
    const answer = await fetch(this.#tokenUrl, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: identity,
        scope: "api://studio-dsr/.default",
      }),
    });
    return tokenSchema.parse(await answer.json()).access_token;
  }
}
