import type { SeedWorkspace } from "./seed-types.ts";

/** Paid workspaces with one point each: delete lock, lost storage account, read-only lock. */
export const PAID_WORKSPACES: readonly SeedWorkspace[] = [
  {
    key: "S2",
    type: "PaidStandard",
    name: "fabrikam-telemetry",
    description: "",
    region: "West Europe",
    created: "2017-03-01T10:00:00Z",
    azure: {
      subscription: "B",
      resourceGroup: "fabrikam-eu",
      storageAccount: "fabrikameuml",
      lock: {
        scope: "resourceGroup",
        level: "CanNotDelete",
        name: "do-not-delete",
        notes: "Legal hold 2018-11",
      },
    },
    users: [
      ["dmitri", "Owner", "Active"],
      ["hana", "User", "Active"],
    ],
    datasets: [
      {
        key: "ds-tel",
        name: "テレメトリ 2018",
        dataTypeId: "GenericCSV",
        owner: "佐藤 花",
        content: { file: "telemetry_2018.csv" },
      },
      {
        key: "ds-tel2",
        name: "Telemetry (EU) devices",
        dataTypeId: "GenericTSV",
        owner: "Dmitri Volkov",
        content: { file: "devices.tsv" },
      },
    ],
    experiments: [
      {
        key: "ex-a",
        name: "Anomaly – EU",
        status: "Finished",
        lastRun: "2018-05-05T05:05:05Z",
        nodes: ["in:ds-tel", "pyscript", "train"],
      },
    ],
    models: [
      {
        key: "tm-a",
        name: "Anomaly [trained model]",
        experiment: "ex-a",
        node: "train",
        port: "Trained model",
      },
    ],
    webServices: [
      {
        key: "ws-a",
        name: "Anomaly – EU [Predictive Exp.]",
        created: "2018-05-06T06:06:06Z",
        endpoints: ["default"],
      },
    ],
  },
  {
    key: "S3",
    type: "PaidStandard",
    name: "northwind-demand",
    description: "Demand planning",
    region: "Southeast Asia",
    created: "2016-11-15T03:21:00Z",
    azure: { subscription: "B", resourceGroup: "northwind-rg", storageAccount: "northwindml" },
    users: [["wei", "Owner", "Active"]],
    datasets: [
      {
        key: "ds-sales",
        name: "Sales by store",
        dataTypeId: "GenericCSV",
        owner: "Wei Ling",
        content: { file: "sales_by_store.csv" },
      },
    ],
    experiments: [
      {
        key: "ex-a",
        name: "Forecast",
        status: "Finished",
        lastRun: "2017-02-02T02:02:02Z",
        nodes: ["in:ds-sales", "rscript"],
      },
    ],
  },
  {
    key: "S4",
    type: "PaidStandard",
    name: "wingtip-labs",
    description: "",
    region: "Japan East",
    created: "2018-01-20T00:00:00Z",
    azure: {
      subscription: "A",
      resourceGroup: "wingtip",
      storageAccount: "wingtipml",
      lock: { scope: "workspace", level: "ReadOnly", name: "freeze", notes: "" },
      // It shares the plan of another workspace.
      webServices: [
        {
          name: "labs-pricing",
          plan: { resourceGroup: "contoso-ml-rg", name: "contoso-plan-s1" },
          workspaceIdForm: "hex",
          payload: "inline",
        },
      ],
    },
    users: [["priya", "Owner", "Active"]],
    datasets: [],
    experiments: [],
  },
];
