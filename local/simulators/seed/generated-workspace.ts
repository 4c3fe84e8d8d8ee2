import type { SeedWorkspace } from "./seed-types.ts";

/** A paid workspace for measurements: it exists only when generated data sets are asked for. */
export const GENERATED_WORKSPACE: SeedWorkspace = {
  key: "B1",
  type: "PaidStandard",
  name: "tailspin-generated",
  description: "Generated data sets",
  region: "South Central US",
  created: "2017-09-01T00:00:00Z",
  azure: { subscription: "B", resourceGroup: "tailspin", storageAccount: "tailspinml" },
  users: [["carl", "Owner", "Active"]],
  datasets: [],
  experiments: [],
};
