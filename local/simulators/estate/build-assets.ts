import { familyIdOf, hexOf, resourceIdOf } from "../seed/derived-ids.ts";
import { fileContentOf } from "../seed/file-contents.ts";
import type { ModuleName } from "../seed/module-catalogue.ts";
import type { SeedDataset, SeedModel, SeedTime } from "../seed/seed-types.ts";
import { seedTimeMs } from "../seed/seed-workspaces.ts";
import { storedBlob, storedSchema, storedVisualization } from "./build-blobs.ts";
import { contentTypeOf } from "./data-types.ts";
import type { Asset, Experiment, OutputPort } from "./workspace.ts";

/** What assets need to know of the workspace they are built in. */
export type AssetSite = {
  readonly workspaceKey: string;
  readonly workspaceId: string;
  readonly storageAccount: string;
  readonly ownerName: string;
  readonly createdMs: number;
  readonly startedAtMs: number;
};

/** The numbering of one version of an asset. */
export type Numbered<Seed> = {
  readonly seed: Seed;
  readonly id: string;
  readonly familyId: string;
  readonly batch: number;
  readonly serviceVersion: number;
  readonly isLatest: boolean;
  readonly resourceUploadId: string;
  readonly createdMs: number;
};

/** Numbers all versions of all assets of one kind: `batch` runs over the whole workspace. */
export function numberVersions<
  Seed extends { readonly key: string; readonly versions?: readonly SeedTime[] },
>(seeds: readonly Seed[], site: AssetSite): Numbered<Seed>[] {
  const numbered: Numbered<Seed>[] = [];
  for (const seed of seeds) {
    const familyId = familyIdOf(site.workspaceKey, seed.key);
    const times = seed.versions ?? [null];
    for (const [serviceVersion, time] of times.entries()) {
      const batch = numbered.length + 1;
      numbered.push({
        seed,
        id: resourceIdOf(site.workspaceId, familyId, batch),
        familyId,
        batch,
        serviceVersion,
        isLatest: serviceVersion === times.length - 1,
        resourceUploadId: hexOf(`upload:${site.workspaceKey}:${seed.key}:${serviceVersion + 1}`),
        createdMs: time === null ? site.createdMs : seedTimeMs(time, site.startedAtMs),
      });
    }
  }
  return numbered;
}

/** Resource id of the newest version of an asset. Throws `RangeError` for an unknown key. */
export function latestId(
  numbered: readonly Numbered<{ readonly key: string }>[],
  key: string,
): string {
  const latest = numbered.find((version) => version.seed.key === key && version.isLatest);
  if (latest === undefined) throw new RangeError(`The seed has no asset "${key}".`);
  return latest.id;
}

/** A data set uploaded from a file or promoted from an experiment's output. */
export function buildDataset(
  version: Numbered<SeedDataset>,
  site: AssetSite,
  experiments: readonly Experiment[],
): Asset {
  const { seed } = version;
  const common = {
    ...withoutSeed(version),
    name: seed.name,
    description: seed.description ?? "",
    dataTypeId: seed.dataTypeId,
    owner: seed.owner,
    language: DOT_NET,
  };
  const label = `${site.workspaceKey}:${seed.key}:${version.serviceVersion}`;
  if ("experiment" in seed.content) {
    const { experiment, node, port } = seed.content;
    const { output, promotedFrom } = findOutput(experiments, experiment, node, port);
    const { blob, visualization, schema } = output;
    return { ...common, blob, visualization, schema, uploadedFrom: null, promotedFrom };
  }
  const content = fileContentOf(seed.content.file);
  const isTable = seed.dataTypeId.startsWith("Generic");
  return {
    ...common,
    blob: storedBlob(label, "", content, contentTypeOf(seed.dataTypeId), site),
    visualization: isTable ? storedVisualization(label, site) : null,
    schema: isTable ? storedSchema(label, site) : null,
    uploadedFrom: seed.content.file,
    promotedFrom: null,
  };
}

/** A trained model or a transform: always promoted from an experiment's output. */
export function buildModel(
  version: Numbered<SeedModel>,
  dataTypeId: "ILearnerDotNet" | "ITransformDotNet",
  site: AssetSite,
  experiments: readonly Experiment[],
): Asset {
  const { seed } = version;
  const { output, promotedFrom } = findOutput(experiments, seed.experiment, seed.node, seed.port);
  return {
    ...withoutSeed(version),
    name: seed.name,
    description: "",
    dataTypeId,
    owner: site.ownerName,
    blob: output.blob,
    visualization: null,
    schema: null,
    uploadedFrom: null,
    promotedFrom,
    language: seed.language ?? DOT_NET,
  };
}

const DOT_NET = { Language: "DotNet", Version: "4.5.0" };

function withoutSeed<Seed>({ seed: _seed, ...rest }: Numbered<Seed>): Omit<Numbered<Seed>, "seed"> {
  return rest;
}

function findOutput(
  experiments: readonly Experiment[],
  experimentKey: string,
  module: ModuleName,
  portName: string,
): { output: OutputPort; promotedFrom: { experimentId: string; port: string } } {
  const experiment = experiments.find(({ seed }) => seed.key === experimentKey);
  const node = experiment?.nodes.find((candidate) => candidate.module === module);
  const output = node?.outputs.find(({ name }) => name === portName);
  if (experiment === undefined || node === undefined || output === undefined) {
    throw new RangeError(`The seed has no output ${experimentKey}:${module}:${portName}.`);
  }
  const port = `${experiment.id}.${node.id}.${portName}`;
  return { output, promotedFrom: { experimentId: experiment.id, port } };
}
