import { z } from "zod";
import { AppError } from "../../errors.ts";
import { errorCodeOf } from "../failure.ts";
import { lowerKeys, parseJson, parseShape } from "../json.ts";
import {
  type ArmAnswer,
  type ArmCall,
  type ArmOptions,
  armFailure,
  createArmSender,
} from "./sender.ts";
import { armList, armUrl } from "./urls.ts";

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

/**
 * https://github.com/Azure/azure-rest-api-specs, specification/machinelearning/resource-manager,
 * Microsoft.MachineLearning/stable/2019-10-01/workspaces.json.
 */
const API_VERSION = "2019-10-01";

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
const keysSchema = z.object({ primaryToken: z.string().min(1) });

/** The client over ARM's sender. */
export function createArmClient(options: ArmOptions): ArmClient {
  const sender = createArmSender(options);
  const { origin } = sender;
  const call = async (method: ArmCall["method"], url: URL): Promise<ArmAnswer> => {
    const answer = await sender.send({ method, url });
    if (answer.status === 200) return answer;
    throw refusal(answer);
  };
  return {
    async workspace(armId) {
      const answer = await call("GET", armUrl(origin, armId, API_VERSION));
      const { id, name, properties } = parseShape(workspaceSchema, parseJson(answer.body));
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
      const first = armUrl(origin, scope, API_VERSION);
      for await (const { id, properties } of armList(first, lineSchema, (url) =>
        call("GET", url),
      )) {
        yield { armId: id, workspaceId: properties.workspaceid ?? null };
      }
    },
    async primaryToken(armId) {
      const answer = await call("POST", armUrl(origin, armId, API_VERSION, "/listWorkspaceKeys"));
      return parseShape(keysSchema, parseJson(answer.body)).primaryToken;
    },
  };
}

const NO_SUCH_WORKSPACE = "ARM has no such workspace, or we may not see it";

/** The error for a workspace that ARM does not tell of, however it was named; ARM does not say why. */
export function noSuchWorkspace(): AppError {
  return new AppError("workspace-not-found", NO_SUCH_WORKSPACE);
}

function refusal(answer: ArmAnswer): AppError {
  if (answer.status === 409 && errorCodeOf(answer.body) === "ScopeLocked") {
    return new AppError("workspace-locked", "A resource lock keeps the workspace's key from us");
  }
  return armFailure(answer, "workspace-not-found", NO_SUCH_WORKSPACE);
}
