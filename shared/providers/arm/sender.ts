import { ResourceManagementClient } from "@azure/arm-resources";
import {
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
} from "@azure/core-rest-pipeline";
import type { TokenCredential } from "@azure/identity";
import { AppError, type ErrorCode } from "../../errors.ts";
import type { Clock } from "../../pipeline/ports.ts";
import { failureOf } from "../failure.ts";
import type { Transport } from "../http.ts";
import { parseRetryAfter } from "../retry-after.ts";

/** `endpoint` is ARM's origin (HTTPS); `scope` is asked of the credential, by default ARM's public one. */
export type ArmOptions = {
  readonly endpoint: string;
  readonly scope?: string;
  readonly credential: TokenCredential;
  readonly transport: Transport;
  readonly clock: Clock;
};

/**
 * A call to ARM. `beforeSend` is called right before it leaves, when the token is at hand; nothing is sent when it
 * throws.
 */
export type ArmCall = {
  readonly method: "GET" | "POST" | "DELETE";
  readonly url: URL;
  readonly beforeSend?: () => void;
};

/** An answer of any status; a header that is missing is null. */
export type ArmAnswer = {
  readonly status: number;
  readonly body: string;
  readonly retryAfterMs: number | undefined;
  header(name: string): string | null;
};

/** Sends calls to ARM's own origin, with our token. */
export interface ArmSender {
  readonly origin: string;
  /**
   * The answer. Throws `outbound-refused` for a URL of another origin, `source-unavailable` when no token can be had,
   * what `beforeSend` throws, and what the transport throws.
   */
  send(call: ArmCall): Promise<ArmAnswer>;
}

/**
 * The sender over the pipeline of `ResourceManagementClient`, which adds the bearer token and the request id. Its own
 * retries and redirects are off: the transport has both, and drops the token on a redirect.
 */
export function createArmSender(options: ArmOptions): ArmSender {
  const { credential, scope, clock } = options;
  const { origin } = new URL(options.endpoint);
  const { pipeline } = new ResourceManagementClient(credential, {
    endpoint: origin,
    retryOptions: { maxRetries: 0 },
    redirectOptions: { maxRetries: 0 },
    ...(scope === undefined ? {} : { credentials: { scopes: [scope] } }),
  });
  return {
    origin,
    async send(call) {
      if (call.url.origin !== origin) {
        throw new AppError("outbound-refused", "The address is not on ARM's own host");
      }
      const request = createPipelineRequest({ url: call.url.href, method: call.method });
      const { client, thrown } = httpClient(options.transport, call);
      const response = await pipeline.sendRequest(client, request).catch((error: unknown) => {
        throw thrown.has(error) ? error : asAppError(error);
      });
      const header = (name: string) => response.headers.get(name) ?? null;
      return {
        status: response.status,
        body: response.bodyAsText ?? "",
        retryAfterMs: parseRetryAfter(header("retry-after"), clock.now()),
        header,
      };
    },
  };
}

/** Asks ARM, with our token. */
export type ArmReader = {
  readonly origin: string;
  /** The answer of any status. Throws as `ArmSender.send`. */
  get(url: URL): Promise<ArmAnswer>;
};

/** A reader over a sender of its own. */
export function createArmReader(options: ArmOptions): ArmReader {
  const sender = createArmSender(options);
  return { origin: sender.origin, get: (url) => sender.send({ method: "GET", url }) };
}

/**
 * The application's error for an answer that is no success: as `failureOf` says, with 404 as `notFound`, and
 * `message` for what is missing, since ARM does not say why.
 */
export function armFailure(answer: ArmAnswer, notFound: ErrorCode, message?: string): AppError {
  const failure = failureOf(answer, notFound);
  if (failure.code !== notFound || message === undefined) return failure;
  return new AppError(notFound, message, { cause: failure });
}

/** Sends the pipeline's requests through the transport; keeps what `beforeSend` threw. The token is for ARM alone. */
function httpClient(
  transport: Transport,
  { method, beforeSend }: ArmCall,
): { readonly client: HttpClient; readonly thrown: ReadonlySet<unknown> } {
  const thrown = new Set<unknown>();
  const client: HttpClient = {
    async sendRequest(request) {
      const { authorization, ...headers } = request.headers.toJSON();
      try {
        beforeSend?.();
      } catch (error) {
        thrown.add(error);
        throw error;
      }
      const answer = await transport.fetchText({
        method,
        url: request.url,
        headers,
        credentials: authorization === undefined ? {} : { authorization },
      });
      return {
        request,
        status: answer.status,
        headers: createHttpHeaders(Object.fromEntries(answer.headers)),
        bodyAsText: answer.body,
      };
    },
  };
  return { client, thrown };
}

/** What is no error of ours comes from the credential: it asks the identity endpoint in the pipeline. */
function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError("source-unavailable", "No token for ARM could be had", { cause: error });
}
