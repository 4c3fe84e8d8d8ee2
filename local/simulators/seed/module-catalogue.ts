import { hexOf } from "./derived-ids.ts";

/** Built-in modules that the seeded experiments use, by short name. */
export type ModuleName =
  | "import"
  | "export"
  | "select"
  | "split"
  | "train"
  | "score"
  | "clean"
  | "norm"
  | "sql"
  | "rscript"
  | "rmodel"
  | "pyscript";

/** One built-in module. Family ids are those of the public documentation pages where known. */
export type CatalogueModule = {
  readonly familyId: string;
  readonly name: string;
  readonly category: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly parameters: readonly (readonly [name: string, value: string])[];
};

const COLUMN_RULE = encodeURIComponent(
  '{"isFilter":true,"rules":[{"ruleType":"ColumnNames","columns":["age","tenure","churned"],"exclude":false}]}',
);

/** The modules by short name. */
export const MODULE_CATALOGUE: Readonly<Record<ModuleName, CatalogueModule>> = {
  import: {
    familyId: "4e1b0fe6aded4b3fa36f39b8862b9004",
    name: "Import Data",
    category: "Data Input and Output",
    inputs: [],
    outputs: ["Results dataset"],
    parameters: [
      ["Please Specify Data Source", "AzureBlobStorage"],
      ["Path to container, directory or blob", "raw/customers.csv"],
    ],
  },
  export: {
    familyId: "7a391181b6a74ad4b82de419c0d6522c",
    name: "Export Data",
    category: "Data Input and Output",
    inputs: ["Dataset"],
    outputs: [],
    parameters: [["Please specify data destination", "AzureSqlDatabase"]],
  },
  select: {
    familyId: "1ec722fab6234e26a44ea50c6d726223",
    name: "Select Columns in Dataset",
    category: "Data Transformation / Manipulation",
    inputs: ["Dataset"],
    outputs: ["Results dataset"],
    parameters: [["Select columns", COLUMN_RULE]],
  },
  split: {
    familyId: "70530644c97a4ab685f788bf30a8be5f",
    name: "Split Data",
    category: "Data Transformation / Sample and Split",
    inputs: ["Dataset"],
    outputs: ["Results dataset1", "Results dataset2"],
    parameters: [
      ["Splitting mode", "Split Rows"],
      ["Fraction of rows in the first output dataset", "0.7"],
      ["Random seed", "0"],
    ],
  },
  train: {
    familyId: "5cc7053eaa30450d96c0dae4be720977",
    name: "Train Model",
    category: "Machine Learning / Train",
    inputs: ["Dataset"],
    outputs: ["Trained model"],
    parameters: [["Label column", COLUMN_RULE]],
  },
  score: {
    familyId: "401b4f92e7244d5abe81d5b0ff9bdb33",
    name: "Score Model",
    category: "Machine Learning / Score",
    inputs: ["Trained model", "Dataset"],
    outputs: ["Scored dataset"],
    parameters: [["Append score columns to output", "True"]],
  },
  clean: {
    familyId: hexOf("family:global:clean"),
    name: "Clean Missing Data",
    category: "Data Transformation / Manipulation",
    inputs: ["Dataset"],
    outputs: ["Cleaned dataset", "Cleaning transformation"],
    parameters: [["Cleaning mode", "Remove entire row"]],
  },
  norm: {
    familyId: hexOf("family:global:norm"),
    name: "Normalize Data",
    category: "Data Transformation / Scale and Reduce",
    inputs: ["Dataset"],
    outputs: ["Transformed dataset", "Transformation function"],
    parameters: [["Transformation method", "ZScore"]],
  },
  sql: {
    familyId: "90381e8067c34d9987541db785b7ea37",
    name: "Apply SQL Transformation",
    category: "Data Transformation / Manipulation",
    inputs: ["Table1"],
    outputs: ["Results dataset"],
    parameters: [["SQL Query Script", "select * from t1\nwhere age > 17;"]],
  },
  rscript: {
    familyId: "30806023392b42e094d66b775a6e0fd5",
    name: "Execute R Script",
    category: "R Language Modules",
    inputs: ["Dataset1"],
    outputs: ["Result Dataset", "R Device"],
    parameters: [["R Script", 'frame <- maml.mapInputPort(1)\nmaml.mapOutputPort("frame")']],
  },
  rmodel: {
    familyId: "314e34a8b24c4870afe62649b6fc7476",
    name: "Create R Model",
    category: "R Language Modules",
    inputs: ["Dataset"],
    outputs: ["Trained model"],
    parameters: [["Trainer R script", "model <- randomForest(label ~ ., dataset)"]],
  },
  pyscript: {
    familyId: "cdb56f957f4c404dbde75bb972e6f232",
    name: "Execute Python Script",
    category: "Python Language Modules",
    inputs: ["Dataset1"],
    outputs: ["Results dataset", "Python device"],
    parameters: [
      ["Python script", "def azureml_main(frame1=None, frame2=None):\n    return frame1,"],
    ],
  },
};

/** Built-in modules that are listed but used by no seeded experiment: family id, name, category. */
export const UNUSED_MODULES: readonly (readonly [string, string, string])[] = [
  ["faa6ba63383c4086ba587abf26b85814", "Convert to CSV", "Data Format Conversions"],
  ["1cdbcda42ece49088b87e6b636258d3d", "Convert to TSV", "Data Format Conversions"],
  ["72bf58e0fc874bb19704f1805003b975", "Convert to Dataset", "Data Format Conversions"],
];
