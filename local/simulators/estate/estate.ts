import { SEED_WORKSPACES } from "../seed/seed-workspaces.ts";
import { buildSampleDatasets } from "./build-samples.ts";
import { buildWorkspace } from "./build-workspace.ts";
import { withLargeDataset } from "./large-dataset.ts";
import type { Asset, GraphNode, StoredBlob, Workspace } from "./workspace.ts";

/** Everything the simulated services hold. Changes live in memory: a restart brings the seed back. */
export interface Estate {
  readonly workspaces: readonly Workspace[];
  readonly samples: readonly Asset[];
  findWorkspace(workspaceId: string): Workspace | null;
  findBlob(account: string, path: string): StoredBlob | null;
}

/**
 * Builds the seeded workspaces, with times relative to `startedAtMs`. `largeSizeBytes` adds one data
 * set of that size to contoso-churn.
 */
export function createEstate(startedAtMs: number, largeSizeBytes: number | null): Estate {
  const samples = buildSampleDatasets();
  const workspaces = SEED_WORKSPACES.map((seed) => {
    const workspace = buildWorkspace(seed, startedAtMs);
    return seed.key === "S1" && largeSizeBytes !== null
      ? withLargeDataset(workspace, largeSizeBytes)
      : workspace;
  });
  const blobs = new Map<string, StoredBlob>();
  for (const blob of [...samples.flatMap(blobsOfAsset), ...workspaces.flatMap(blobsOf)]) {
    blobs.set(`${blob.account}/${blob.path}`, blob);
  }
  return {
    workspaces,
    samples,
    findWorkspace: (id) =>
      workspaces.find((workspace) => workspace.id === id.toLowerCase()) ?? null,
    findBlob: (account, path) => blobs.get(`${account}/${path}`) ?? null,
  };
}

/** Every blob that a link of this workspace may name. */
export function blobsOf(workspace: Workspace): StoredBlob[] {
  const { datasets, models, transforms, experiments } = workspace;
  const nodes = experiments.flatMap((experiment) => experiment.nodes);
  return [
    ...[...datasets, ...models, ...transforms].flatMap(blobsOfAsset),
    ...nodes.flatMap(blobsOfNode),
  ];
}

function blobsOfAsset({ blob, visualization }: Asset): StoredBlob[] {
  return visualization === null ? [blob] : [blob, visualization];
}

function blobsOfNode({ log, outputs }: GraphNode): StoredBlob[] {
  return [log, ...outputs.map(({ blob }) => blob), ...outputs.map((port) => port.visualization)];
}
