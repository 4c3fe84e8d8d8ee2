import { GLOBAL_WORKSPACE_ID, hexOf, resourceIdOf } from "../seed/derived-ids.ts";
import { fileContentOf } from "../seed/file-contents.ts";
import { storedBlob } from "./build-blobs.ts";
import { contentTypeOf } from "./data-types.ts";
import type { Asset } from "./workspace.ts";

/** Owner of everything in the global workspace. */
export const SAMPLE_OWNER = "Microsoft Corporation";

/** When the samples were put there. */
export const SAMPLES_CREATED_MS = Date.UTC(2014, 6, 14);

/** Names of the sample experiments. */
export const SAMPLE_EXPERIMENTS: readonly string[] = [
  "Binary Classification: Breast cancer detection",
  "Regression: Car price prediction",
];

const SAMPLE_DATASETS: readonly (readonly [name: string, dataTypeId: string, file: string])[] = [
  ["Airport Codes Dataset", "GenericCSV", "airports.csv"],
  ["Adult Census Income Binary Classification dataset", "GenericCSV", "adult-census.csv"],
  ["Breast cancer data", "ARFF", "breast-cancer.arff"],
  ["Iris Two Class Data", "ARFF", "iris2.arff"],
  ["Movie Ratings", "GenericTSV", "movie-ratings.tsv"],
];

/** The sample data sets that every workspace lists. No workspace can delete them. */
export function buildSampleDatasets(): Asset[] {
  return SAMPLE_DATASETS.map(([name, dataTypeId, file], index) => {
    const familyId = hexOf(`family:global:${name}`);
    const batch = index + 1;
    const site = { workspaceKey: null, storageAccount: "mamlsamples001" };
    return {
      id: resourceIdOf(GLOBAL_WORKSPACE_ID, familyId, batch),
      familyId,
      name,
      description: "",
      dataTypeId,
      owner: SAMPLE_OWNER,
      createdMs: SAMPLES_CREATED_MS,
      batch,
      serviceVersion: 0,
      isLatest: true,
      resourceUploadId: hexOf(`upload:global:${name}`),
      blob: storedBlob(`global:${name}`, "", fileContentOf(file), contentTypeOf(dataTypeId), site),
      visualization: null,
      schema: null,
      uploadedFrom: file,
      promotedFrom: null,
      language: { Language: "DotNet", Version: "4.5.0" },
    };
  });
}
