import { CONTOSO_DATASETS } from "./contoso-datasets.ts";
import type { SeedWorkspace } from "./seed-types.ts";

const PLAN = { resourceGroup: "contoso-ml-rg", name: "contoso-plan-s1" };

/** The complete paid workspace: two owners, run history, custom module, gateways, several endpoints. */
export const CONTOSO_WORKSPACE: SeedWorkspace = {
  key: "S1",
  type: "PaidStandard",
  name: "contoso-churn",
  description: "Churn models, marketing analytics",
  region: "South Central US",
  created: "2016-03-01T23:14:37Z",
  azure: {
    subscription: "A",
    resourceGroup: "contoso-ml-rg",
    storageAccount: "contosochurnml",
    tags: { costCenter: "4711", env: "prod" },
    webServices: [
      { name: "churn-v2", plan: PLAN, workspaceIdForm: "arm", payload: "inline" },
      { name: "churn-wide", plan: PLAN, workspaceIdForm: "upper-hex", payload: "blob" },
    ],
    plans: [{ name: PLAN.name, tier: "S1" }],
  },
  users: [
    ["priya", "Owner", "Active"],
    ["jonas", "Owner", "Active"],
    ["lucy", "User", "Active"],
    ["temp", "User", "Invited"],
  ],
  datasets: CONTOSO_DATASETS,
  experiments: [
    {
      key: "ex-train",
      name: "Churn - training",
      status: "Finished",
      lastRun: "2018-04-20T08:15:02Z",
      nodes: ["import", "in:ds-crm", "select", "clean", "split", "train", "score"],
      summary: "Monthly churn model, see wiki",
      tags: ["churn", "marketing"],
      olderRuns: ["2018-03-01T08:00:00Z", "2018-04-01T08:00:00Z"],
      secrets: ["Account Key"],
      comments: { import: "raw customer table" },
    },
    {
      key: "ex-pred",
      name: "Churn - training [Predictive Exp.]",
      status: "Finished",
      lastRun: "2018-04-21T09:30:00Z",
      nodes: ["in:ds-crm", "model:tm-churn", "score"],
    },
    {
      key: "ex-sql",
      name: "Nightly import",
      status: "Finished",
      lastRun: "2018-05-30T02:00:00Z",
      nodes: ["import", "sql", "export"],
      secrets: ["Account Key", "Password"],
    },
    {
      key: "ex-run",
      name: "Grid search",
      status: "Running",
      lastRun: "now-2m",
      nodes: ["in:ds-crm", "split", "train"],
    },
    {
      key: "ex-can",
      name: "Cancelled try",
      status: "Canceled",
      lastRun: "2018-05-02T12:00:00Z",
      nodes: ["in:ds-calls", "pyscript"],
    },
    {
      key: "ex-old",
      name: "2016 baseline",
      status: "Finished",
      lastRun: "2016-04-11T10:10:10Z",
      nodes: ["in:ds-churn", "rmodel", "train"],
      archived: true,
    },
  ],
  models: [
    {
      key: "tm-churn",
      name: "Churn [trained model]",
      experiment: "ex-train",
      node: "train",
      port: "Trained model",
      versions: ["2018-03-01T08:44:39Z", "2018-04-20T08:44:39Z"],
    },
    {
      key: "tm-r",
      name: "Churn R forest",
      experiment: "ex-old",
      node: "rmodel",
      port: "Trained model",
      language: { Language: "R", Version: "3.1.0" },
    },
  ],
  transforms: [
    {
      key: "tr-1",
      name: "Churn missing values",
      experiment: "ex-train",
      node: "clean",
      port: "Cleaning transformation",
    },
  ],
  modules: [{ key: "cm-1", name: "Contoso RFM features" }],
  notebooks: [
    {
      key: "nb-1",
      name: "Churn EDA",
      language: "Python 3",
      attachments: ["crm_sample.csv", "plots.zip"],
    },
  ],
  projects: [
    {
      key: "pr-1",
      name: "Churn 2018",
      description: "",
      experiments: ["ex-train", "ex-pred"],
      datasets: ["ds-crm"],
      webServices: ["ws-churn"],
    },
    {
      key: "pr-2",
      name: "Empty project",
      description: null,
      experiments: [],
      datasets: [],
      webServices: [],
    },
  ],
  gateways: [
    { name: "contoso-dmg-01", status: "Online", versionStatus: "UpToDate", host: "CONTOSO-SQL07" },
    { name: "contoso-dmg-02", status: "Offline", versionStatus: "Expired", host: "CONTOSO-SQL02" },
  ],
  annotations: [
    {
      experiment: "ex-train",
      content: "Lucy: customers who opted out are dropped here",
      node: "select",
    },
  ],
  webServices: [
    {
      key: "ws-churn",
      name: "Churn - training [Predictive Exp.]",
      created: "2018-04-21T09:41:12Z",
      endpoints: ["default", "crm-prod", "crm-test", "batch"],
    },
    {
      key: "ws-code",
      name: "RFM scorer (R)",
      created: "2017-09-12T13:34:50Z",
      endpoints: ["default"],
    },
  ],
};
