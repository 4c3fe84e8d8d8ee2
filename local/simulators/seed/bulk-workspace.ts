import type { SeedDataset, SeedExperiment, SeedModel, SeedWorkspace } from "./seed-types.ts";

const DATASETS = 250;
const EXPERIMENTS = 60;
const MODELS = 40;
const WEB_SERVICES = 25;

/** Small public files, taken in turn. */
const FILES: readonly (readonly [file: string, dataTypeId: string])[] = [
  ["stocks.csv", "GenericCSV"],
  ["global-temp.csv", "GenericCSV"],
  ["iowa-electricity.csv", "GenericCSV"],
  ["la-riots.csv", "GenericCSV"],
  ["unemployment.tsv", "GenericTSV"],
];

/** The bulk workspace for list and rate tests: numbered items only. */
export const BULK_WORKSPACE: SeedWorkspace = {
  key: "S5",
  type: "PaidStandard",
  name: "adatum-archive",
  description: "Bulk workspace for list and rate tests",
  region: "West Europe",
  created: "2015-10-05T16:45:00Z",
  azure: { subscription: "B", resourceGroup: "adatum", storageAccount: "adatumml" },
  users: [["carl", "Owner", "Active"]],
  datasets: numbers(DATASETS).map(bulkDataset),
  experiments: numbers(EXPERIMENTS).map(bulkExperiment),
  models: numbers(MODELS).map(bulkModel),
  webServices: numbers(WEB_SERVICES).map((number) => ({
    key: `ws-${number}`,
    name: `Bulk web service ${number}`,
    created: "2016-07-01T00:00:00Z",
    endpoints: ["default"],
  })),
};

/** `001`, `002` and so on. */
function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index + 1).padStart(3, "0"));
}

function bulkDataset(number: string): SeedDataset {
  const [file, dataTypeId] = FILES[(Number(number) - 1) % FILES.length] ?? ["", ""];
  return {
    key: `ds-${number}`,
    name: `Bulk dataset ${number}`,
    dataTypeId,
    owner: "Carl Ekberg",
    content: { file },
  };
}

function bulkExperiment(number: string): SeedExperiment {
  return {
    key: `ex-${number}`,
    name: `Bulk experiment ${number}`,
    status: "Finished",
    lastRun: "2016-06-01T12:00:00Z",
    nodes: [`in:ds-${number}`, "split", "train"],
  };
}

function bulkModel(number: string): SeedModel {
  return {
    key: `tm-${number}`,
    name: `Bulk model ${number}`,
    experiment: `ex-${number}`,
    node: "train",
    port: "Trained model",
  };
}
