import { ResourceManagementClient } from "@azure/arm-resources";
import {
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
  type PipelineResponse,
} from "@azure/core-rest-pipeline";
import type { TokenCredential } from "@azure/identity";
import { z } from "zod";
import { AppError } from "../../errors.ts";
import type { Clock } from "../../pipeline/ports.ts";
import { errorCodeOf, failureOf } from "../failure.ts";
import type { Transport } from "../http.ts";
import { lowerKeys, parseJson, parseShape } from "../json.ts";
import { parseRetryAfter } from "../retry-after.ts";

/** A Studio (classic) workspace as ARM tells of it; texts as received. */
export type ArmWorkspace = {
  readonly armId: string;
  readonly name: string;
  readonly workspaceId: string;
  readonly workspaceType: string;
  readonly studioEndpoint: string;
  readonly creationTime: string | null;
};

/** A line of the list of workspaces; `workspaceId` is null when ARM does not tell it. */
export type ArmWorkspaceLine = {
  readonly armId: string;
  readonly workspaceId: string | null;
};

/**
 * The calls to Azure Resource Manager. All throw as `failureOf` says, with 404 as `workspace-not-found`,
 * `workspace-locked` when a lock forbids the call, `source-unavailable` when no token can be had, and what
 * the transport throws.
 */
export interface ArmClient {
  /** The workspace of an ARM id. */
  workspace(armId: string): Promise<ArmWorkspace>;
  /** The workspaces of a subscription. Throws `outbound-refused` when a page lies on another host. */
  workspaces(subscriptionId: string): AsyncIterable<ArmWorkspaceLine>;
  /** The workspace's primary token for the Studio API. */
  primaryToken(armId: string): Promise<string>;
}

/** `endpoint` is ARM's origin (HTTPS); `scope` is asked of the credential, by default ARM's public one. */
export type ArmOptions = {
  readonly endpoint: string;
  readonly scope?: string;
  readonly credential: TokenCredential;
  readonly transport: Transport;
  readonly clock: Clock;
};

/**
 * https://github.com/Azure/azure-rest-api-specs, specification/machinelearning/resource-manager,
 * Microsoft.MachineLearning/stable/2019-10-01/workspaces.json.
 */
const API_VERSION = "2019-10-01";
const MAX_PAGES = 1000;

// Names of properties differ in case between the specification and real templates.
const workspaceSchema = z.object({
  id: z.string(),
  name: z.string(),
  properties: z.preprocess(
    lowerKeys,
    z.object({
      workspaceid: z.string(),
      workspacetype: z.string(),
      studioendpoint: z.string(),
      creationtime: z.string().nullish(),
    }),
  ),
});
const lineSchema = z.object({
  id: z.string(),
  properties: z.preprocess(lowerKeys, z.object({ workspaceid: z.string().nullish() })),
});
const pageSchema = z.object({
  value: z.array(lineSchema).nullish(),
  nextLink: z.string().nullish(),
});
const keysSchema = z.object({ primaryToken: z.string().min(1) });

/**
 * The client over the pipeline of `ResourceManagementClient`, which adds the bearer token and the request
 * id. Its own retries and redirects are off: the transport has both, and drops the token on a redirect.
 */
export function createArmClient(options: ArmOptions): ArmClient {
  const { origin } = new URL(options.endpoint);
  const send = createSender(options, origin);
  return {
    async workspace(armId) {
      const { id, name, properties } = await send("GET", urlOf(origin, armId), workspaceSchema);
      return {
        armId: id,
        name,
        workspaceId: properties.workspaceid,
        workspaceType: properties.workspacetype,
        studioEndpoint: properties.studioendpoint,
        creationTime: properties.creationtime ?? null,
      };
    },
    async *workspaces(subscriptionId) {
      const scope = `/subscriptions/${subscriptionId}/providers/Microsoft.MachineLearning/workspaces`;
      let next: URL | null = urlOf(origin, scope);
      for (let pages = 0; next !== null; pages += 1) {
        if (pages === MAX_PAGES) throw new AppError("source-invalid", "ARM's list does not end");
        const page: z.output<typeof pageSchema> = await send("GET", next, pageSchema);
        for (const { id, properties } of page.value ?? []) {
          yield { armId: id, workspaceId: properties.workspaceid ?? null };
        }
        next = nextPage(origin, page.nextLink ?? null);
      }
    },
    async primaryToken(armId) {
      const url = urlOf(origin, armId, "/listWorkspaceKeys");
      return (await send("POST", url, keysSchema)).primaryToken;
    },
  };
}

/** The error for a workspace that ARM does not tell of, however it was named; ARM does not say why. */
export function noSuchWorkspace(cause?: AppError): AppError {
  const message = "ARM has no such workspace, or we may not see it";
  return new AppError("workspace-not-found", message, { cause });
}

type Send = <T>(method: "GET" | "POST", url: URL, schema: z.ZodType<T>) => Promise<T>;

function createSender({ credential, scope, transport, clock }: ArmOptions, origin: string): Send {
  const { pipeline } = new ResourceManagementClient(credential, {
    endpoint: origin,
    retryOptions: { maxRetries: 0 },
    redirectOptions: { maxRetries: 0 },
    ...(scope === undefined ? {} : { credentials: { scopes: [scope] } }),
  });
  return async (method, url, schema) => {
    const request = createPipelineRequest({ url: url.href, method });
    const response = await pipeline
      .sendRequest(httpClient(transport, method), request)
      .catch((error: unknown) => {
        throw asAppError(error);
      });
    const body = response.bodyAsText ?? "";
    if (response.status === 200) return parseShape(schema, parseJson(body));
    throw refusal(response, body, clock.now());
  };
}

/** Sends the pipeline's requests through the transport. The token is for ARM's host alone. */
function httpClient(transport: Transport, method: "GET" | "POST"): HttpClient {
  return {
    async sendRequest(request) {
      const { authorization, ...headers } = request.headers.toJSON();
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
}

/** What is no error of ours comes from the credential: it asks the identity endpoint in the pipeline. */
function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError("source-unavailable", "No token for ARM could be had", { cause: error });
}

function refusal({ status, headers }: PipelineResponse, body: string, now: string): AppError {
  if (status === 409 && errorCodeOf(body) === "ScopeLocked") {
    return new AppError("workspace-locked", "A resource lock keeps the workspace's key from us");
  }
  const retryAfterMs = parseRetryAfter(headers.get("retry-after") ?? null, now);
  const failure = failureOf({ status, retryAfterMs, body }, "workspace-not-found");
  return failure.code === "workspace-not-found" ? noSuchWorkspace(failure) : failure;
}

/** The URL of a resource. Throws `workspace-not-found` when the id would lead to another place. */
function urlOf(origin: string, armId: string, action = ""): URL {
  const path = armId.split("/").map(encodeURIComponent).join("/") + action;
  const url = URL.parse(`${origin}${path}?api-version=${API_VERSION}`);
  if (url?.origin !== origin || url.pathname !== path || !path.startsWith("/subscriptions/")) {
    throw new AppError("workspace-not-found", "The ARM id is not that of a workspace");
  }
  return url;
}

/** The next page as ARM gives it, which must be ARM's own: the token goes there. */
function nextPage(origin: string, nextLink: string | null): URL | null {
  if (nextLink === null || nextLink === "") return null;
  const url = URL.parse(nextLink);
  if (url?.origin === origin && url.pathname.startsWith("/subscriptions/")) return url;
  throw new AppError("outbound-refused", "ARM's next page is not on ARM's own host");
}
