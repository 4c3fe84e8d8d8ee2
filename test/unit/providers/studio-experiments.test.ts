import { describe, expect, it } from "vitest";
import { runLabel } from "../../../shared/providers/studio-classic/run-history.ts";
import { collect, collectFiles, textsOf } from "../../support/providers/collect.ts";
import {
  answers,
  asset,
  EXPERIMENT_ID,
  ID,
  SAMPLES,
  studio,
  WORKSPACE,
} from "../../support/providers/fake-studio.ts";

const HEX = "1f022fd4578847dc867d662a51f0a105";
const OTHER = "aac8fa11a24583e8d5665ffef9c54d04";
const runId = (time: string) => `${ID}.s-id.${HEX}.${time}`;
const [NEW, OLD, LISTED] = ["9951-09-13t15.44.57", "9951-10-02t15.59.59", "9952-01-01t23.59.59"];
const run = (time: string, parent: string | null = null) => ({
  [`/experiments/${runId(time)}`]: { ParentExperimentId: parent },
});

describe("the run history of an experiment", () => {
  it("follows the chain of parents, then what only the list knows, each run once", async () => {
    const paths = await pathsOf({
      [`/experiments/${EXPERIMENT_ID}`]: { ParentExperimentId: runId(NEW) },
      ...run(NEW, runId(OLD)),
      ...run(OLD, runId(NEW)),
      ...run(LISTED),
      "/experiments": [NEW, OLD, LISTED].map((time) => ({ ExperimentId: runId(time) })),
    });

    expect(paths).toEqual([
      "experiment.json",
      "runs/2018-04-20 08.15.02/experiment.json",
      "runs/2018-04-01 08.00.00/experiment.json",
      "runs/2017-12-31 00.00.00/experiment.json",
    ]);
  });

  it("begins with the last run when the experiment was changed since", async () => {
    const paths = await pathsOf({
      [`/experiments/${EXPERIMENT_ID}`]: { RunId: runId(NEW), Status: { StatusCode: "InDraft" } },
      ...run(NEW),
    });

    expect(paths).toEqual(["experiment.json", "runs/2018-04-20 08.15.02/experiment.json"]);
  });

  it.each([
    ["is gone", runId(OLD)],
    ["is another workspace's", `${OTHER}.s-id.${HEX}.${OLD}`],
    ["is a sample", `${SAMPLES}.s-id.${HEX}.${OLD}`],
    ["is the experiment itself", EXPERIMENT_ID],
  ])("ends where the parent %s", async (_what, parent) => {
    const { provider, transport } = studio(
      answers({
        [`/experiments/${EXPERIMENT_ID}`]: { ParentExperimentId: parent },
        "/experiments": [],
      }),
    );

    const parts = await collect(provider.files(WORKSPACE, asset("experiment", EXPERIMENT_ID)));

    expect(parts.map(({ path }) => path.join("/"))).toEqual(["experiment.json"]);
    const asked = transport.calls.filter(({ url }) => String(url).includes(OTHER));
    expect(asked).toEqual([]);
  });

  it("is listed with the experiment, and by itself only where the experiment is gone", async () => {
    const { provider } = studio(
      answers({
        "/users": [],
        "/experiments": [
          { ExperimentId: runId(NEW), Description: "run" },
          { ExperimentId: EXPERIMENT_ID, Description: "head" },
          { ExperimentId: `${ID}.s-id.orphan.${OLD}`, Description: "older" },
          { ExperimentId: `${ID}.s-id.orphan.${NEW}`, Description: "newest" },
        ],
        ...Object.fromEntries(EMPTY_LISTS.map((path) => [path, []])),
      }),
    );

    const assets = await collect(provider.inventory(WORKSPACE));

    const experiments = assets.filter(({ kind }) => kind === "experiment");
    expect(experiments.map(({ name }) => name)).toEqual(["head", "newest"]);
  });
});

describe("the label of a run", () => {
  it.each([
    [runId(NEW), "2018-04-20 08.15.02"],
    [`${ID}.s-id.${HEX}.strange`, "strange"],
    [`${ID}.s-id.${HEX}`, `${ID}.s-id.${HEX}`],
  ])("of %s is %s", (id, expected) => {
    expect(runLabel(id)).toBe(expected);
  });
});

describe("what an experiment uses", () => {
  const version = (number: number) => `${ID}.2b9c6e10d47f4a85b3e19d0c5a7f8e24.v1-default-${number}`;
  const graph = (ids: readonly string[]) => ({
    Graph: {
      ModuleNodes: [{ Id: "n", InputPortsInternal: ids.map((DataSourceId) => ({ DataSourceId })) }],
    },
  });

  it("comes with it in an older version, which no list shows", async () => {
    const paths = await pathsOf({
      [`/experiments/${EXPERIMENT_ID}`]: graph([version(1), version(2)]),
      "/experiments": [],
      "/modules": [],
      "/datasources": [{ Id: version(2) }],
      [`/datasources/${version(1)}`]: {
        Id: version(1),
        Name: "CRM",
        DataTypeId: "GenericCSV",
        Batch: 1,
        DownloadLocation: { BaseUri: "https://studio.example/" },
      },
    });

    expect(paths).toEqual([
      "experiment.json",
      "inputs/CRM (version 1)/metadata.json",
      "inputs/CRM (version 1)/CRM.csv",
    ]);
  });

  it.each([
    ["was deleted", version(1)],
    ["is a sample", `${SAMPLES}.1.v1-default-1`],
    ["is another workspace's", `${OTHER}.1.v1-default-1`],
  ])("does not when it %s", async (_what, id) => {
    const paths = await pathsOf({
      [`/experiments/${EXPERIMENT_ID}`]: graph([id]),
      "/experiments": [],
      "/modules": [],
      "/datasources": [],
    });

    expect(paths).toEqual(["experiment.json"]);
  });
});

describe("the scripts of an experiment", () => {
  it("are files of their own, without the secrets that the document loses", async () => {
    const script = 'password <- "hunter2"\nx <- maml.mapInputPort(1)\n';
    const { provider } = studio(
      answers({
        [`/experiments/${EXPERIMENT_ID}`]: {
          Graph: {
            ModuleNodes: [
              {
                Id: "n1",
                ModuleId: `${SAMPLES}.30806023392b42e094d66b775a6e0fd5.v1-default-1`,
                Comment: "clean",
                ModuleParameters: [
                  { Name: "R Script", Value: script },
                  { Name: "Script mode", Value: "fast" },
                ],
              },
            ],
          },
        },
        "/experiments": [],
        "/modules": [
          {
            Id: `${SAMPLES}.30806023392b42e094d66b775a6e0fd5.v1-default-2`,
            Name: "Execute R Script",
          },
        ],
      }),
    );

    const files = await collectFiles(provider.files(WORKSPACE, asset("experiment", EXPERIMENT_ID)));

    expect(files.map(({ path }) => path.join("/"))).toEqual([
      "experiment.json",
      "nodes/01 Execute R Script - clean/R Script.R",
    ]);
    const [document, text] = await textsOf(files);
    expect(text).toBe(script.replace("hunter2", "[redacted]"));
    expect(document).toContain(JSON.stringify(text));
    expect(files.map(({ redactions }) => redactions.map(({ pointer }) => pointer))).toEqual([
      ["/Graph/ModuleNodes/0/ModuleParameters/0/Value"],
      [""],
    ]);
  });
});

const EMPTY_LISTS = [
  "/projectcontainers",
  "/datasources",
  "/trainedmodels",
  "/transformmodules",
  "/modules",
  `https://management.example/workspaces/${ID}/webservices`,
];

async function pathsOf(byPath: Readonly<Record<string, unknown>>): Promise<string[]> {
  const { provider } = studio(answers({ "/experiments": [], ...byPath }));
  const parts = await collect(provider.files(WORKSPACE, asset("experiment", EXPERIMENT_ID)));
  return parts.map(({ path }) => path.join("/"));
}
