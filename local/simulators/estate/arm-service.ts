import { guidOf, signatureOf } from "../seed/derived-ids.ts";
import { SUBSCRIPTIONS } from "../seed/people.ts";
import type { SeedAzure } from "../seed/seed-types.ts";
import { storedBlob } from "./build-blobs.ts";
import { bytesContent } from "./content.ts";
import type { StoredBlob } from "./workspace.ts";

/** A new-style web service: a resource of its own that outlives its workspace. */
export type ArmService = {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly subscriptionId: string;
  /** What it says of its workspace: an ARM id, or the 32 hex digits in some form. */
  readonly workspaceReference: string;
  readonly storageAccount: string;
  readonly planId: string | null;
  readonly createdMs: number;
  readonly assetCredential: string;
  /** What is left out of the resource because it is over 3 MB. */
  readonly payload: StoredBlob | null;
};

/** A commitment plan. Services of several workspaces may share one. */
export type CommitmentPlan = {
  readonly id: string;
  readonly name: string;
  readonly tier: string;
  readonly region: string;
  readonly subscriptionId: string;
  readonly createdMs: number;
};

/** Where the ARM resources beside a workspace belong. */
export type ArmSite = {
  readonly azure: SeedAzure;
  readonly workspaceKey: string;
  readonly workspaceId: string;
  readonly name: string;
  readonly region: string;
  readonly createdMs: number;
};

/** Id of the resource group. */
export function groupIdOf({ subscription, resourceGroup }: SeedAzure): string {
  return `/subscriptions/${SUBSCRIPTIONS[subscription].id}/resourceGroups/${resourceGroup}`;
}

/** The new-style web services seeded beside a workspace. */
export function buildArmServices(site: ArmSite): ArmService[] {
  const { azure, region, createdMs } = site;
  const groupId = groupIdOf(azure);
  const subscriptionId = SUBSCRIPTIONS[azure.subscription].id;
  return (azure.webServices ?? []).map((seed) => {
    const id = `${groupId}/providers/Microsoft.MachineLearning/webServices/${seed.name}`;
    const assetCredential = sasOf(`asset:${id}`);
    return {
      id,
      name: seed.name,
      region,
      subscriptionId,
      storageAccount: azure.storageAccount,
      workspaceReference: referenceOf(site, seed.workspaceIdForm),
      planId:
        seed.plan === null
          ? null
          : `/subscriptions/${subscriptionId}/resourceGroups/${seed.plan.resourceGroup}/providers/Microsoft.MachineLearning/commitmentPlans/${seed.plan.name}`,
      createdMs,
      assetCredential,
      payload: seed.payload === "blob" ? payloadOf(site, seed.name, assetCredential) : null,
    };
  });
}

/** The commitment plans of a workspace's group. */
export function buildPlans({ azure, region, createdMs }: ArmSite): CommitmentPlan[] {
  return (azure.plans ?? []).map(({ name, tier }) => ({
    id: `${groupIdOf(azure)}/providers/Microsoft.MachineLearning/commitmentPlans/${name}`,
    name,
    tier,
    region,
    subscriptionId: SUBSCRIPTIONS[azure.subscription].id,
    createdMs,
  }));
}

/** The parts of a web service that hold what its author made; sample rows are customer data. */
export function definitionOf(name: string, assetCredential: string | null) {
  return {
    input: { type: "object", properties: { input1: tableOf(["age", "tenure"]) } },
    output: { type: "object", properties: { output1: tableOf(["churned"]) } },
    exampleRequest: { inputs: { input1: [[34, 27]] }, globalParameters: { Threshold: 0.5 } },
    assets: {
      asset1: {
        name: `${name} [trained model]`,
        type: "Resource",
        locationInfo: {
          uri: `https://customer.blob.core.windows.net/experimentoutput/${guidOf(`asset:${name}`)}.ilearner`,
          credentials: assetCredential,
        },
      },
      asset2: {
        name: "Score Model",
        type: "Module",
        locationInfo: { uri: "aml://module/score", credentials: null },
      },
    },
    parameters: { Threshold: { value: "0.5", certificateThumbprint: null } },
    package: {
      nodes: {
        node1: { assetId: "asset1" },
        node2: { assetId: "asset2" },
        node3: { inputId: "input1" },
      },
      edges: [
        {
          sourceNodeId: "node1",
          sourcePortId: "model",
          targetNodeId: "node2",
          targetPortId: "model",
        },
      ],
      graphParameters: {
        Threshold: { type: "Float", links: [{ nodeId: "node2", parameterKey: "Threshold" }] },
      },
    },
  };
}

function tableOf(columns: readonly string[]): Record<string, unknown> {
  const column = { type: "Number", format: "Double", "x-ms-isnullable": false };
  return { type: "object", properties: Object.fromEntries(columns.map((name) => [name, column])) };
}

function payloadOf(site: ArmSite, name: string, assetCredential: string): StoredBlob {
  const { azure, workspaceKey } = site;
  const content = bytesContent(Buffer.from(JSON.stringify(definitionOf(name, assetCredential))));
  return storedBlob(`${workspaceKey}:arm:${name}`, ".json", content, "application/json", {
    workspaceKey,
    storageAccount: azure.storageAccount,
  });
}

function referenceOf({ azure, workspaceId, name }: ArmSite, form: "arm" | "hex" | "upper-hex") {
  if (form === "arm") {
    return `${groupIdOf(azure)}/providers/Microsoft.MachineLearning/Workspaces/${name}`;
  }
  return form === "hex" ? workspaceId : workspaceId.toUpperCase();
}

function sasOf(label: string): string {
  return `?sv=2015-02-21&sr=b&sig=${encodeURIComponent(signatureOf(label))}&sp=r`;
}
