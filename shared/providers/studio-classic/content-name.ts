import type { Dataset, DownloadLocation } from "./shapes.ts";

/** Extensions by data type (https://github.com/hning86/azuremlps, upload and download of data sets). */
const EXTENSIONS: ReadonlyMap<string, string> = new Map([
  ["genericcsv", ".csv"],
  ["genericcsvnoheader", ".nh.csv"],
  ["generictsv", ".tsv"],
  ["generictsvnoheader", ".nh.tsv"],
  ["plaintext", ".txt"],
  ["arff", ".arff"],
  ["svmlight", ".svmlight"],
  ["zip", ".zip"],
  ["rdata", ".RData"],
  ["dataset", ".dataset"],
  ["ilearnerdotnet", ".ilearner"],
  ["itransformdotnet", ".itransform"],
]);

/**
 * What a person would call the content of a data set, model or transform: the name of the file that was uploaded, or
 * its own name with the extension of its type. May hold anything that users write.
 */
export function contentName(dataset: Dataset): string {
  if (dataset.UploadedFromFilename.trim() !== "") return dataset.UploadedFromFilename;
  const extension = EXTENSIONS.get(dataset.DataTypeId.toLowerCase()) ?? "";
  const hasExtension = dataset.Name.toLowerCase().endsWith(extension.toLowerCase());
  return hasExtension ? dataset.Name : dataset.Name + extension;
}

/** The extension of the blob that a link leads to, with its dot; empty when it has none or leads nowhere. */
export function linkExtension({ Location, AccessCredential }: DownloadLocation): string {
  const inner = URL.parse(
    new URLSearchParams(AccessCredential.replace(/^[^?]*\?/, "")).get("sharedAccessUri") ?? "",
  );
  return /\.[A-Za-z0-9]{1,15}$/.exec(inner?.pathname ?? Location)?.[0] ?? "";
}
