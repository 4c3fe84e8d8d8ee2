import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { bytesContent, type Content, fileContent } from "../estate/content.ts";
import { AWKWARD_FILES } from "./awkward-files.ts";

/** Found through the package's entry, `build/index.js`: it does not export its `package.json`. */
const PUBLIC_FOLDER = join(
  dirname(createRequire(import.meta.url).resolve("vega-datasets")),
  "../data",
);

/** Seeded file names whose bytes are those of a public data set under another name. */
const PUBLIC_FILES: Readonly<Record<string, string>> = {
  "survey_may.csv": "gapminder-health-income.csv",
  "orders.csv": "sp500.csv",
  "sales_by_store.csv": "us-employment.csv",
  "telemetry_2018.csv": "seattle-weather-hourly-normals.csv",
};

/**
 * The content of a seeded file: one made here for an awkward detail, or else a public data set of the
 * `vega-datasets` package. Throws when there is neither.
 */
export function fileContentOf(fileName: string): Content {
  const awkward = AWKWARD_FILES.get(fileName);
  if (awkward !== undefined) return bytesContent(awkward());
  return fileContent(join(PUBLIC_FOLDER, PUBLIC_FILES[fileName] ?? fileName));
}
