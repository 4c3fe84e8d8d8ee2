import type { SeedDataset } from "./seed-types.ts";

/** Data sets of contoso-churn: the churn work, then 31 MB of public data sets under their own file names. */
export const CONTOSO_DATASETS: readonly SeedDataset[] = [
  {
    key: "ds-crm",
    name: "CRM customers 2018-04",
    dataTypeId: "GenericCSV",
    owner: "Priya Raman",
    description: "Monthly extract",
    content: { file: "crm_customers_2018-04.csv" },
    versions: ["2018-02-02T06:30:00Z", "2018-03-02T06:30:00Z", "2018-04-02T06:30:00Z"],
  },
  {
    key: "ds-calls",
    name: "Call centre log",
    dataTypeId: "GenericTSV",
    owner: "Jonas Weber",
    content: { file: "calls.tsv" },
  },
  {
    key: "ds-churn",
    name: "Churn labels",
    dataTypeId: "GenericCSVNoHeader",
    owner: "PowerShell",
    content: { file: "churn.nh.csv" },
  },
  {
    key: "ds-prom",
    name: "Scored customers",
    dataTypeId: "Dataset",
    owner: "Lucy Okafor",
    content: { experiment: "ex-train", node: "score", port: "Scored dataset" },
    versions: ["2018-03-01T09:00:00Z", "2018-04-20T09:00:00Z"],
  },
  {
    key: "ds-mod",
    name: "Custom R code",
    dataTypeId: "Zip",
    owner: "Jonas Weber",
    content: { file: "rfns.zip" },
  },
  publicDataset("ds-flights", "US flights (200k sample)", "PlainText", "flights-200k.json"),
  // Studio has no type for Parquet; of those it has, only RData means "bytes nobody looks into".
  publicDataset("ds-flights-3m", "US flights (3m rows)", "RData", "flights-3m.parquet"),
  publicDataset("ds-zipcodes", "Zip codes", "GenericCSV", "zipcodes.csv"),
  publicDataset("ds-movies", "Movies", "PlainText", "movies.json"),
  publicDataset("ds-birdstrikes", "Bird strikes", "GenericCSV", "birdstrikes.csv"),
  publicDataset("ds-unemployment", "Unemployment by county", "GenericTSV", "unemployment.tsv"),
  publicDataset("ds-earthquakes", "Earthquakes of one week", "PlainText", "earthquakes.json"),
  publicDataset("ds-football", "Football matches", "PlainText", "football.json"),
  publicDataset("ds-species", "Species habitats", "GenericCSV", "species.csv"),
];

function publicDataset(key: string, name: string, dataTypeId: string, file: string): SeedDataset {
  return { key, name, dataTypeId, owner: "Priya Raman", content: { file } };
}
