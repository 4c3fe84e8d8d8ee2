import { GENERATED_WORKSPACE } from "../seed/generated-workspace.ts";
import { SEED_WORKSPACES } from "../seed/seed-workspaces.ts";
import { smallWorkspaces } from "../seed/small-workspaces.ts";
import { AssetShelf } from "./asset-shelf.ts";
import { buildSampleDatasets } from "./build-samples.ts";
import { buildWorkspace } from "./build-workspace.ts";
import { addBulkDatasets, addLargeDataset } from "./generated-datasets.ts";
import { isSameLock, type Lock, seededLocks } from "./lock.ts";
import type { Asset, GraphNode, StoredBlob, Workspace } from "./workspace.ts";

/** What is added to the seed. */
export type EstateOptions = {
  /** Adds one data set of that size to contoso-churn. */
  readonly largeDatasetBytes?: number;
  /** Adds the workspace tailspin-generated with so many data sets, of these sizes in turn. */
  readonly bulkDatasets?: { readonly count: number; readonly bytes: readonly number[] };
  /** Adds so many small workspaces of all account types. */
  readonly smallWorkspaces?: number;
};

/** Everything the simulated services hold. Changes live in memory: a restart brings the seed back. */
export class Estate {
  readonly samples = new AssetShelf(buildSampleDatasets());
  readonly #workspaces: Workspace[] = [];
  #locks: readonly Lock[];
  readonly #blobs = new Map<string, StoredBlob>();

  constructor(workspaces: readonly Workspace[], locks: readonly Lock[]) {
    this.#locks = locks;
    this.addBlobs([...this.samples].flatMap(blobsOfAsset));
    for (const workspace of workspaces) this.addWorkspace(workspace);
  }

  /** In the order in which they were made known, deleted ones included. */
  get workspaces(): readonly Workspace[] {
    return this.#workspaces;
  }

  get locks(): readonly Lock[] {
    return this.#locks;
  }

  /** Sets a lock, in place of one of that name on that scope. */
  setLock(lock: Lock): void {
    this.removeLock(lock);
    this.#locks = [...this.#locks, lock];
  }

  removeLock(lock: Pick<Lock, "scope" | "name">): void {
    this.#locks = this.#locks.filter((one) => !isSameLock(one, lock));
  }

  addWorkspace(workspace: Workspace): void {
    this.#workspaces.push(workspace);
    this.addBlobs(blobsOf(workspace));
  }

  addBlobs(blobs: readonly StoredBlob[]): void {
    for (const blob of blobs) this.#blobs.set(`${blob.account}/${blob.path}`, blob);
  }

  findWorkspace(workspaceId: string): Workspace | null {
    const id = workspaceId.toLowerCase();
    return this.#workspaces.find((workspace) => workspace.id === id) ?? null;
  }

  findBlob(account: string, path: string): StoredBlob | null {
    return this.#blobs.get(`${account}/${path}`) ?? null;
  }
}

/** The seeded workspaces, with times relative to `startedAtMs`. */
export function createEstate(startedAtMs: number, options: EstateOptions = {}): Estate {
  const small = smallWorkspaces(options.smallWorkspaces ?? 0);
  const workspaces = [...SEED_WORKSPACES, ...small].map((seed) =>
    buildWorkspace(seed, startedAtMs),
  );
  const churn = workspaces.find(({ key }) => key === "S1");
  if (churn !== undefined && options.largeDatasetBytes !== undefined) {
    addLargeDataset(churn, options.largeDatasetBytes);
  }
  if (options.bulkDatasets !== undefined) {
    const { count, bytes } = options.bulkDatasets;
    const generated = buildWorkspace(GENERATED_WORKSPACE, startedAtMs);
    addBulkDatasets(generated, count, bytes);
    workspaces.push(generated);
  }
  return new Estate(workspaces, seededLocks(SEED_WORKSPACES));
}

/** Every blob that a link of this workspace may name. */
export function blobsOf(workspace: Workspace): StoredBlob[] {
  const { datasets, models, transforms, experiments, armServices } = workspace;
  const nodes = experiments.flatMap((experiment) => experiment.nodes);
  return [
    ...[...datasets, ...models, ...transforms].flatMap(blobsOfAsset),
    ...nodes.flatMap(blobsOfNode),
    ...armServices.flatMap(({ payload }) => (payload === null ? [] : [payload])),
  ];
}

/** The blobs of a data set, model or transform: content, preview, schema. */
export function blobsOfAsset({ blob, visualization, schema }: Asset): StoredBlob[] {
  return [blob, visualization, schema].filter((one) => one !== null);
}

/** The blobs of a node: its log, its outputs, and what describes them. */
export function blobsOfNode({ log, outputs }: GraphNode): StoredBlob[] {
  return [
    log,
    ...outputs.flatMap(({ blob, visualization, schema, runtimeInfo }) => [
      blob,
      visualization,
      schema,
      runtimeInfo,
    ]),
  ];
}
