import { credentialOf, hexOf, workspaceIdOf } from "../seed/derived-ids.ts";
import { PEOPLE } from "../seed/people.ts";
import type { SeedWorkspace } from "../seed/seed-types.ts";
import { seedTimeMs } from "../seed/seed-workspaces.ts";
import { buildArmServices, buildPlans } from "./arm-service.ts";
import { AssetShelf } from "./asset-shelf.ts";
import {
  type AssetSite,
  buildDataset,
  buildModel,
  latestId,
  numberVersions,
} from "./build-assets.ts";
import { buildExperiment } from "./build-experiment.ts";
import { Removals } from "./removals.ts";
import type { WebService, Workspace } from "./workspace.ts";

/** The operator's account that holds the data of free and guest workspaces. */
const SHARED_ACCOUNT = "mamlfreesouth001";

/** A workspace as its seed describes it. Throws `RangeError` when the seed refers to what it lacks. */
export function buildWorkspace(seed: SeedWorkspace, startedAtMs: number): Workspace {
  const site = siteOf(seed, startedAtMs);
  return {
    seed,
    key: seed.key,
    id: site.workspaceId,
    createdMs: site.createdMs,
    primaryToken: credentialOf(`token1:${seed.key}`),
    secondaryToken: credentialOf(`token2:${seed.key}`),
    ownerName: site.ownerName,
    storageAccount: site.storageAccount,
    ...buildAssets(seed, site),
    webServices: (seed.webServices ?? []).map((one) => buildWebService(one, seed.key, startedAtMs)),
    ...buildNeighbours(seed, site),
    removals: new Removals(),
    refusedFamilies: new Set(),
  };
}

function siteOf(seed: SeedWorkspace, startedAtMs: number): AssetSite {
  const [owner] = seed.users[0] ?? ["guest"];
  return {
    workspaceKey: seed.key,
    workspaceId: workspaceIdOf(seed.key),
    storageAccount: seed.azure?.storageAccount ?? SHARED_ACCOUNT,
    ownerName: PEOPLE[owner].name ?? "Guest",
    createdMs: seedTimeMs(seed.created, startedAtMs),
    startedAtMs,
  };
}

/** Ids come first: experiments name data sets and models, which in turn come out of experiments. */
function buildAssets(
  seed: SeedWorkspace,
  site: AssetSite,
): Pick<Workspace, "datasets" | "models" | "transforms" | "experiments"> {
  const datasets = numberVersions(seed.datasets, site);
  const models = numberVersions(seed.models ?? [], site);
  const transforms = numberVersions(seed.transforms ?? [], site);
  const experimentSite = {
    ...site,
    datasetId: (key: string) => latestId(datasets, key),
    modelId: (key: string) => latestId(models, key),
  };
  const experiments = seed.experiments.map((one) => buildExperiment(one, experimentSite));
  return {
    experiments,
    datasets: new AssetShelf(datasets.map((one) => buildDataset(one, site, experiments))),
    models: new AssetShelf(
      models.map((one) => buildModel(one, "ILearnerDotNet", site, experiments)),
    ),
    transforms: new AssetShelf(
      transforms.map((one) => buildModel(one, "ITransformDotNet", site, experiments)),
    ),
  };
}

function buildNeighbours(
  seed: SeedWorkspace,
  { workspaceKey, workspaceId, createdMs }: AssetSite,
): Pick<Workspace, "armServices" | "plans"> {
  const { azure, name, region } = seed;
  if (azure === undefined) return { armServices: [], plans: [] };
  const site = { azure, workspaceKey, workspaceId, name, region, createdMs };
  return { armServices: buildArmServices(site), plans: buildPlans(site) };
}

/** A classic web service; its ids follow from the keys. */
export function buildWebService(
  seed: NonNullable<SeedWorkspace["webServices"]>[number],
  workspaceKey: string,
  startedAtMs: number,
): WebService {
  return {
    id: hexOf(`svc:${workspaceKey}:${seed.key}`),
    key: seed.key,
    name: seed.name,
    createdMs: seedTimeMs(seed.created, startedAtMs),
    endpoints: seed.endpoints.map((name) => ({
      name,
      id: hexOf(`ep:${workspaceKey}:${seed.key}:${name}`),
    })),
  };
}
