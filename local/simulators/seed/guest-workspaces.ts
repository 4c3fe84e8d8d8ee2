import type { SeedWorkspace } from "./seed-types.ts";

const GUEST = {
  type: "Anonymous",
  name: "Guest-Workspace",
  description: "Guest workspace.",
  region: "South Central US",
  users: [["guest", "Owner", "Active"]],
} as const;

/** Guest workspaces: one young, one five minutes before its end, one expired. */
export const GUEST_WORKSPACES: readonly SeedWorkspace[] = [
  {
    ...GUEST,
    key: "G1",
    created: "now-2h",
    datasets: [
      {
        key: "ds-iris",
        name: "Iris Two Class Data - copy",
        dataTypeId: "ARFF",
        owner: "Guest",
        content: { file: "iris2.arff" },
      },
    ],
    experiments: [
      {
        key: "ex-a",
        name: "Experiment created on 6/1/2018",
        status: "InDraft",
        lastRun: "now-90m",
        nodes: ["in:ds-iris", "split"],
      },
    ],
  },
  {
    ...GUEST,
    key: "G2",
    created: "now-7h55m",
    datasets: [
      {
        key: "ds-survey",
        name: "Customer survey May",
        dataTypeId: "GenericCSV",
        owner: "Guest",
        content: { file: "survey_may.csv" },
      },
    ],
    experiments: [
      {
        key: "ex-a",
        name: "Survey clustering",
        status: "Finished",
        lastRun: "now-6h",
        nodes: ["in:ds-survey", "select", "split"],
      },
      {
        key: "ex-b",
        name: "Survey regression",
        status: "Failed",
        lastRun: "now-5h",
        nodes: ["in:ds-survey", "train"],
      },
    ],
  },
  {
    ...GUEST,
    key: "G3",
    created: "now-9h",
    datasets: [
      {
        key: "ds-old",
        name: "orders.csv",
        dataTypeId: "GenericCSV",
        owner: "Guest",
        content: { file: "orders.csv" },
      },
    ],
    experiments: [],
  },
];
