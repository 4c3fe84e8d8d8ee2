import { z } from "zod";
import type { Workspace } from "../../core/request.ts";
import { lowerKeys, parseJson, parseShape } from "../json.ts";
import { propertiesOf } from "./identity.ts";
import { type ArmResources, createArmResources } from "./resources.ts";
import { type ArmReader, armFailure } from "./sender.ts";
import { armUrl } from "./urls.ts";

/** What ARM keeps when a workspace is deleted. */

/** Specification: azure-rest-api-specs, Microsoft.MachineLearning/stable/2019-10-01/workspaces.json. */
const API_VERSION = "2019-10-01";

const associationsSchema = z.object({
  value: z
    .array(z.object({ properties: z.preprocess(lowerKeys, z.looseObject({})) }))
    .nullish()
    .transform((items) => items ?? []),
});

/**
 * Sentences about the storage account of a workspace, by name, and about the commitment plans that its web services
 * are charged to. Empty for a workspace that is gone.
 */
export async function leftBehindInArm(
  reader: ArmReader,
  workspace: Workspace,
): Promise<readonly string[]> {
  if (workspace.armId === null) return [];
  const answer = await reader.get(armUrl(reader.origin, workspace.armId, API_VERSION));
  if (answer.status === 404) return [];
  if (answer.status !== 200) throw armFailure(answer, "workspace-not-found");
  const { userstorageaccountid } = propertiesOf(answer.body);
  const storage =
    typeof userstorageaccountid === "string" ? [storageLine(userstorageaccountid)] : [];
  return [...storage, ...(await planLines(createArmResources(reader), workspace))];
}

function storageLine(accountId: string): string {
  const name = accountId.split("/").at(-1) ?? "";
  return (
    `The storage account "${name}" is a resource of its own and stays with all its blobs, among them the containers ` +
    "experimentoutput (results of experiments), ml-diagnostics (request logs of web services) and the one with " +
    "uploaded data."
  );
}

async function planLines(resources: ArmResources, workspace: Workspace): Promise<string[]> {
  const services = await Array.fromAsync(resources.webServices(workspace));
  const own = new Set(services.map(({ armId }) => armId.toLowerCase()));
  const lines: string[] = [];
  if (own.size === 0) return lines;
  for await (const { armId, name } of resources.plans(workspace, own)) {
    lines.push(planLine(name, await othersOn(resources, armId, own)));
  }
  return lines;
}

/** How many web services are charged to the plan that are not the workspace's. */
async function othersOn(
  resources: ArmResources,
  planId: string,
  own: ReadonlySet<string>,
): Promise<number> {
  let others = 0;
  for await (const page of resources.pages(planId, "commitmentAssociations")) {
    for (const { properties } of parseShape(associationsSchema, parseJson(page)).value) {
      if (!own.has(String(properties["associatedresourceid"]).toLowerCase())) others += 1;
    }
  }
  return others;
}

function planLine(name: string, others: number): string {
  const stays = `The commitment plan "${name}" is a billing resource and stays`;
  if (others === 0) return `${stays}; no other web service is charged to it.`;
  return `${stays}; ${others} other web service${others === 1 ? " is" : "s are"} charged to it too.`;
}
