import { z } from "zod";
import type { Workspace } from "../../core/request.ts";
import { lowerKeys } from "../json.ts";
import type { ArmCalls } from "./calls.ts";
import { belongsTo, propertiesOf } from "./identity.ts";
import { subscriptionOf } from "./locks.ts";
import { armFailure } from "./sender.ts";
import { armList, armUrl } from "./urls.ts";

/** What ARM keeps when a workspace is deleted. */

/** Specifications: azure-rest-api-specs, Microsoft.MachineLearning. */
const WORKSPACE_VERSION = "2019-10-01";
const SERVICE_VERSION = "2017-01-01";
const PLAN_VERSION = "2016-05-01-preview";
const PROVIDER = "/providers/Microsoft.MachineLearning";

const resourceSchema = z.object({
  id: z.string(),
  name: z.string(),
  properties: z.preprocess(lowerKeys, z.looseObject({})),
});
type Resource = z.output<typeof resourceSchema>;

/**
 * Sentences about the storage account of a workspace, by name, and about the commitment plans that its web services
 * are charged to. Empty for a workspace that is gone.
 */
export async function leftBehindInArm(
  calls: ArmCalls,
  workspace: Workspace,
): Promise<readonly string[]> {
  if (workspace.armId === null) return [];
  const answer = await calls.get(armUrl(calls.origin, workspace.armId, WORKSPACE_VERSION));
  if (answer.status === 404) return [];
  if (answer.status !== 200) throw armFailure(answer, "workspace-not-found");
  const { userstorageaccountid } = propertiesOf(answer.body);
  const storage =
    typeof userstorageaccountid === "string" ? [storageLine(userstorageaccountid)] : [];
  return [...storage, ...(await planLines(calls, workspace, workspace.armId))];
}

function storageLine(accountId: string): string {
  const name = accountId.split("/").at(-1) ?? "";
  return (
    `The storage account "${name}" is a resource of its own and stays with all its blobs, among them the containers ` +
    "experimentoutput (results of experiments), ml-diagnostics (request logs of web services) and the one with " +
    "uploaded data."
  );
}

async function planLines(calls: ArmCalls, workspace: Workspace, armId: string): Promise<string[]> {
  const list = (scope: string, version: string, below: string) =>
    listed(calls, armUrl(calls.origin, scope, version, below));
  const subscription = subscriptionOf(armId);
  const services = await list(subscription, SERVICE_VERSION, `${PROVIDER}/webServices`);
  const own = new Set(
    services
      .filter(({ properties }) => belongsTo(properties, workspace))
      .map(({ id }) => id.toLowerCase()),
  );
  const lines: string[] = [];
  if (own.size === 0) return lines;
  for (const plan of await list(subscription, PLAN_VERSION, `${PROVIDER}/commitmentPlans`)) {
    const associations = await list(plan.id, PLAN_VERSION, "/commitmentAssociations");
    const charged = associations.map(({ properties }) =>
      String(properties["associatedresourceid"]).toLowerCase(),
    );
    const others = charged.filter((id) => !own.has(id)).length;
    if (others < charged.length) lines.push(planLine(plan.name, others));
  }
  return lines;
}

function planLine(name: string, others: number): string {
  const stays = `The commitment plan "${name}" is a billing resource and stays`;
  if (others === 0) return `${stays}; no other web service is charged to it.`;
  return `${stays}; ${others} other web service${others === 1 ? " is" : "s are"} charged to it too.`;
}

async function listed(calls: ArmCalls, first: URL): Promise<readonly Resource[]> {
  const pages = armList(first, resourceSchema, async (url) => {
    const answer = await calls.get(url);
    if (answer.status === 200) return answer;
    throw armFailure(answer, "workspace-not-found");
  });
  return Array.fromAsync(pages);
}
