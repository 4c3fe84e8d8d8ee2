import type { SeedWorkspace } from "./seed-types.ts";

const FILES = ["stocks.csv", "global-temp.csv", "iowa-electricity.csv"] as const;
const PUBLISHED = "2016-07-01T00:00:00Z";

/** So many small workspaces, standard, free and guest ones in turn, for load: keys L00001, L00002 and so on. */
export function smallWorkspaces(count: number): SeedWorkspace[] {
  return Array.from({ length: count }, (_unused, index) => {
    const digits = String(index + 1).padStart(5, "0");
    const build = [standard, free, guest][index % 3] ?? standard;
    return build(digits, index);
  });
}

function standard(digits: string, index: number): SeedWorkspace {
  const name = `load-${digits}`;
  const services = [
    { name: `${name}-service`, plan: null, workspaceIdForm: "arm", payload: "inline" },
  ] as const;
  return {
    ...contents(index, "Carl Ekberg"),
    key: `L${digits}`,
    type: "PaidStandard",
    name,
    description: "Small workspace for load",
    region: "South Central US",
    created: "2017-09-01T00:00:00Z",
    users: [["carl", "Owner", "Active"]],
    azure: {
      subscription: "B",
      resourceGroup: "load",
      storageAccount: "loadml",
      webServices: index % 2 === 0 ? services : [],
    },
  };
}

function free(digits: string, index: number): SeedWorkspace {
  return {
    ...contents(index, "Maja Lindqvist"),
    key: `L${digits}`,
    type: "Free",
    name: `load-${digits}`,
    description: "Small workspace for load",
    region: "South Central US",
    created: "2018-01-15T08:00:00Z",
    users: [["maja", "Owner", "Active"]],
    webServices: [
      { key: "svc", name: `load-${digits}`, created: PUBLISHED, endpoints: ["default"] },
    ],
  };
}

function guest(digits: string, index: number): SeedWorkspace {
  return {
    ...contents(index, "Guest"),
    key: `L${digits}`,
    type: "Anonymous",
    name: "Guest-Workspace",
    description: "Guest workspace.",
    region: "South Central US",
    created: "now-1h",
    users: [["guest", "Owner", "Active"]],
  };
}

function contents(index: number, owner: string): Pick<SeedWorkspace, "datasets" | "experiments"> {
  const dataset = (key: string, offset: number) => ({
    key,
    name: `${key}-${index}`,
    dataTypeId: "GenericCSV",
    owner,
    content: { file: FILES[(index + offset) % FILES.length] ?? "" },
  });
  return {
    datasets: [dataset("ds-1", 0), dataset("ds-2", 1)],
    experiments: [
      {
        key: "ex-1",
        name: `Experiment ${index}`,
        status: "InDraft",
        lastRun: "now-30m",
        nodes: ["in:ds-1", "split"],
      },
    ],
  };
}
