import { afterAll, beforeEach, describe, expect, it } from "vitest";
import {
  type Answer,
  callStudio,
  jsonOf,
  listStudio,
  TRAINING,
  urlOf,
  valuesOf,
} from "../../support/simulators/simulator-calls.ts";
import { startTestSimulators } from "../../support/simulators/test-simulators.ts";

const simulators = await startTestSimulators();
afterAll(() => simulators[Symbol.asyncDispose]());
beforeEach(() => simulators.switches.reset());

const NOTEBOOK = "/notebooks/family/b37e00e4bffff90079da1256e6273f0e";

type Experiment = {
  readonly RunId: string;
  readonly ParentExperimentId: string | null;
  readonly IsLeaf: boolean;
  readonly NodeStatuses: readonly {
    readonly StandardOutEndpoint: Record<string, unknown> | null;
    readonly Status: { readonly StatusDetail: string };
    readonly MetadataOutputEndpoints: Record<string, { Key: string; Value: Answer }[]>;
  }[];
};

async function experiment(id: string): Promise<Experiment> {
  return jsonOf<Experiment>(await callStudio(simulators, "S1", `/experiments/${id}`));
}

describe("parts of an experiment", () => {
  it("lead from the head over its run to the oldest run", async () => {
    const head = await experiment(TRAINING.replace("/experiments/", ""));
    const ownRun = await experiment(head.RunId);
    const older = await experiment(ownRun.ParentExperimentId ?? "");
    const oldest = await experiment(older.ParentExperimentId ?? "");

    expect([head, ownRun, older, oldest].map(({ IsLeaf }) => IsLeaf)).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(oldest.ParentExperimentId).toBeNull();
  });

  it("are described by a preview, a schema and runtime information", async () => {
    const { NodeStatuses } = await experiment(TRAINING.replace("/experiments/", ""));
    const described = NodeStatuses.at(-1)?.MetadataOutputEndpoints["Scored dataset"] ?? [];
    const schema = described.find(({ Key }) => Key === "schema")?.Value ?? {};

    const response = await fetch(urlOf(schema));

    expect(described.map(({ Key }) => Key)).toEqual(["visualization", "schema", "runtimeinfo"]);
    expect(schema["Size"]).toBe(-1);
    expect(await response.json()).toMatchObject({ columns: [{ name: "age" }, { name: "tenure" }] });
  });

  it("have a log, unless the result came from the cache", async () => {
    const { NodeStatuses } = await experiment(TRAINING.replace("/experiments/", ""));
    const cached = NodeStatuses.filter(({ StandardOutEndpoint }) => StandardOutEndpoint === null);
    const log = await fetch(urlOf(NodeStatuses[0]?.StandardOutEndpoint ?? {}));

    expect(cached.map(({ Status }) => Status.StatusDetail)).toEqual([
      "Task output was present in output cache",
    ]);
    expect(await log.text()).toContain("scored customer_id 1001");
  });

  it("make a web service definition once it has finished", async () => {
    const experiments = await listStudio(simulators, "S1", "/experiments");
    const running = experiments.find(({ Description }) => Description === "Grid search");

    const finished = await callStudio(simulators, "S1", `${TRAINING}/webservicedefinition`);
    const refused = await callStudio(
      simulators,
      "S1",
      `/experiments/${String(running?.["ExperimentId"])}/webservicedefinition`,
    );

    expect(await finished.json()).toMatchObject({ properties: { packageType: "Graph" } });
    expect(refused.status).toBe(400);
  });
});

describe("what belongs to assets", () => {
  it("is a schema for tables and none for other data", async () => {
    const datasets = await listStudio(simulators, "S1", "/datasources");
    const table = datasets.find(({ Name }) => Name === "Zip codes") ?? {};
    const zip = datasets.find(({ Name }) => Name === "Custom R code") ?? {};

    const response = await fetch(urlOf(table["SchemaEndPoint"] as Answer));

    expect(response.status).toBe(200);
    expect([table["SchemaStatus"], zip["SchemaStatus"]]).toEqual(["Complete", "NotSupported"]);
    expect(zip["SchemaEndPoint"]).toBeNull();
  });

  it("is found by id for models, transforms, modules and projects", async () => {
    for (const [list, property] of [
      ["trainedmodels", "Id"],
      ["transformmodules", "Id"],
      ["modules", "Id"],
      ["projectcontainers", "ContainerId"],
    ] as const) {
      const [first] = await listStudio(simulators, "S1", `/${list}`);
      const one = await callStudio(simulators, "S1", `/${list}/${String(first?.[property])}`);

      expect(await one.json()).toEqual(first);
    }
  });

  it("is a session with a token for a notebook, whose files no call gives", async () => {
    const attachments = await callStudio(simulators, "S1", `${NOTEBOOK}/attachments`);
    const session = await callStudio(simulators, "S1", `${NOTEBOOK}/session`, {
      method: "POST",
      body: "{}",
    });

    expect(await attachments.json()).toEqual(["crm_sample.csv", "plots.zip"]);
    expect(await session.json()).toEqual({
      AuthenticationUri: expect.stringContaining("/login?token="),
      SessionUri: expect.stringContaining("notebook.ipynb"),
      OriginUri: "https://studio.azureml.net",
    });
  });

  it("is a group for each web service, with the keys of its default endpoint", async () => {
    const groups = await listStudio(simulators, "S1", "/webservicegroups");
    const free = await listStudio(simulators, "F1", "/webservicegroups");
    const one = await callStudio(
      simulators,
      "S1",
      `/webservicegroups/${String(groups[0]?.["Id"])}`,
    );

    expect(valuesOf(groups)).toEqual(["Churn - training [Predictive Exp.]", "RFM scorer (R)"]);
    expect(groups[0]).toMatchObject({ StagingWebService: null, ProductionWebService: {} });
    expect(free[0]).toMatchObject({ StagingWebService: {}, ProductionWebService: null });
    expect(await one.json()).toEqual(groups[0]);
  });

  it("is a quota that counts the bytes of the data sets", async () => {
    const response = await callStudio(simulators, "F3", "/storagequota");

    expect(await response.json()).toEqual({ UsedStorage: 0, MaximumStorage: 10_737_418_240 });
  });
});
