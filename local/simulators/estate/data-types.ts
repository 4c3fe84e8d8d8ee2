const CONTENT_TYPES: Readonly<Record<string, string>> = {
  GenericCSV: "text/csv",
  GenericCSVNoHeader: "text/csv; header=absent",
  GenericTSV: "text/tab-separated-values",
  GenericTSVNoHeader: "text/tab-separated-values",
  PlainText: "text/plain",
  ARFF: "text/plain",
  Zip: "application/zip",
};

/** The content type that suits a Studio data type; `application/octet-stream` for opaque ones. */
export function contentTypeOf(dataTypeId: string): string {
  return CONTENT_TYPES[dataTypeId] ?? "application/octet-stream";
}
