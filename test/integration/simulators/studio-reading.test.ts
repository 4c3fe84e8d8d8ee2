import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { credentialOf } from "../../../local/simulators/seed/derived-ids.ts";
import {
  type Answer,
  callStudio,
  jsonOf,
  listStudio,
  TRAINING,
  valuesOf,
} from "../../support/simulators/simulator-calls.ts";
import { startTestSimulators } from "../../support/simulators/test-simulators.ts";

const simulators = await startTestSimulators();
afterAll(() => simulators[Symbol.asyncDispose]());
beforeEach(() => simulators.switches.reset());

type NodeStatus = {
  readonly NodeId: string;
  readonly OutputEndpoints: readonly Record<string, string>[] | null;
};

describe("reading over the Studio API", () => {
  it("shows a workspace with its id, its tokens and an escaped date", async () => {
    const text = await (await callStudio(simulators, "S1", "")).text();

    const workspace = JSON.parse(text) as Answer; // asserted below
    expect(workspace["WorkspaceId"]).toBe("b577bbf6c46640c822e2a6e3d255d437");
    expect(workspace["FriendlyName"]).toBe("contoso-churn");
    expect(workspace["AuthorizationToken"]).toEqual({
      PrimaryToken: credentialOf("token1:S1"),
      SecondaryToken: credentialOf("token2:S1"),
    });
    expect(text).toContain(String.raw`"CreatedTime":"\/Date(1456874077000)\/"`);
  });

  it("lists members and open invitations in one list", async () => {
    const users = await listStudio(simulators, "S1", "/users");

    expect(valuesOf(users, "Status")).toEqual(["Active", "Active", "Active", "Invited"]);
    expect(users[3]?.["User"]).toEqual({
      Email: "consultant7@partner.example",
      Name: null,
      Role: "User",
      UserId: "3D0C3EBB26841B38",
    });
  });

  it("lists the newest version of each data set and finds older ones by id", async () => {
    const listed = await listStudio(simulators, "S1", "/datasources");
    const older = await callStudio(
      simulators,
      "S1",
      "/datasources/b577bbf6c46640c822e2a6e3d255d437.5dd8768ae911722d700b99f7279aa1fc.v1-default-1",
    );

    expect(listed).toHaveLength(19);
    expect(listed.every(({ IsLatest }) => IsLatest === true)).toBe(true);
    expect((await jsonOf<Answer>(older))["ServiceVersion"]).toBe(0);
  });

  it("reads one experiment with the key in clear that its import node holds", async () => {
    const text = await (await callStudio(simulators, "S1", TRAINING)).text();

    const experiment = JSON.parse(text) as Answer; // asserted below
    expect(experiment["RunId"]).toBe(
      "b577bbf6c46640c822e2a6e3d255d437.s-id.22070af37c805222cafc51d35b75f5b7.9951-09-13t15.44.57",
    );
    expect(experiment["ParentExperimentId"]).toBe(
      "b577bbf6c46640c822e2a6e3d255d437.s-id.22070af37c805222cafc51d35b75f5b7.9951-10-02t15.59.59",
    );
    expect(text).toContain(
      '"Name":"Account Key","Value":"vojKUWahI3J2TH/hKdI9WEjzKHaKbyEXdSxt2Yhkn6aVU5t2A6jtktz6OeRHKo8uQOSpxNpOAIUDHld2Gyw2AA=="',
    );
    expect(text).toContain(
      '"SourceOutputPortId":"87e05727-a547-4e3a-8423-271e26fb9de8-112:Results dataset"',
    );
  });

  it("leaves archived experiments and older runs out unless asked", async () => {
    const usual = await listStudio(simulators, "S1", "/experiments");
    const archived = await listStudio(simulators, "S1", "/experiments?includeArchived=true");
    const all = await listStudio(
      simulators,
      "S1",
      "/experiments?includeArchived=true&IncludeNonLeaf=True",
    );

    expect(valuesOf(usual, "Description")).not.toContain("2016 baseline");
    expect(valuesOf(archived, "Description")).toContain("2016 baseline");
    expect([usual.length, archived.length, all.length]).toEqual([7, 8, 10]);
    expect(all.filter(({ IsLeaf }) => IsLeaf === false)).toHaveLength(2);
  });

  it("lists comments, models, modules, projects, notebooks and gateways", async () => {
    const annotations = await listStudio(simulators, "S1", `${TRAINING}/annotations`);
    const models = await listStudio(simulators, "S1", "/trainedmodels");
    const transforms = await listStudio(simulators, "S1", "/transformmodules");
    const modules = await listStudio(simulators, "S1", "/modules");
    const projects = await listStudio(simulators, "S1", "/projectcontainers");
    const notebooks = await listStudio(simulators, "S1", "/notebooks");
    const gateways = await listStudio(simulators, "S1", "/gateways");

    expect(valuesOf(annotations, "NodeId")).toEqual(["87e05727-a547-4e3a-8423-271e26fb9de8-112"]);
    expect(valuesOf(models)).toEqual(["Churn [trained model]", "Churn R forest"]);
    expect(valuesOf(models, "DownloadLocation")).toEqual([null, null]);
    expect(valuesOf(transforms)).toEqual(["Churn missing values"]);
    expect(modules.filter(({ ReleaseState }) => ReleaseState === "Custom")).toHaveLength(1);
    expect(valuesOf(projects, "ContainerId")[0]).toBe("c6e5fc7c4f97586d3e6d54521b7882b6");
    expect(valuesOf(notebooks, "FamilyId")).toEqual(["b37e00e4bffff90079da1256e6273f0e"]);
    expect(valuesOf(gateways, "GatewayName")).toEqual(["contoso-dmg-01", "contoso-dmg-02"]);
  });

  it("names the web service that was deployed from an experiment", async () => {
    const id = "b577bbf6c46640c822e2a6e3d255d437.f-id.9516ca047764c11aad725e88383c5c49";

    const predictive = await callStudio(simulators, "S1", `/experiments/${id}`);

    expect(await predictive.json()).toMatchObject({
      Description: "Churn - training [Predictive Exp.]",
      WebService: {
        IsWebServiceExperiment: true,
        WebServiceGroupId: "ff5bb15636828aa7dae8b937f1d0da0a",
      },
    });
  });

  it("gives the bytes of a node output with the token, and its link without", async () => {
    const experiment = await jsonOf<{ NodeStatuses: NodeStatus[] }>(
      await callStudio(simulators, "S1", TRAINING),
    );
    const score = experiment.NodeStatuses.at(-1);
    const endpoint = score?.OutputEndpoints?.[0];

    const direct = await callStudio(
      simulators,
      "S1",
      `${TRAINING}/outputdata/${score?.NodeId}/Scored%20dataset`,
    );
    const linked = await fetch(
      `${endpoint?.BaseUri}${endpoint?.Location}${endpoint?.AccessCredential}`,
    );

    const bytes = Buffer.from(await direct.arrayBuffer());
    expect(bytes.length).toBe(20_480);
    expect(bytes.equals(Buffer.from(await linked.arrayBuffer()))).toBe(true);
  });

  it("hides node outputs, and shows links of models, when asked", async () => {
    simulators.switches.change({ promotedOutput: "null", modelDownloadLocation: "endpoint" });

    const experiment = await jsonOf<{ NodeStatuses: NodeStatus[] }>(
      await callStudio(simulators, "S1", TRAINING),
    );
    const models = await listStudio(simulators, "S1", "/trainedmodels");

    expect(experiment.NodeStatuses.map(({ OutputEndpoints }) => OutputEndpoints)).toEqual(
      Array.from({ length: 6 }, () => null),
    );
    expect(models[0]).toMatchObject({ DownloadLocation: { Size: 313_158 } });
  });

  it("answers an empty array where a workspace has nothing of its own", async () => {
    expect(await listStudio(simulators, "F3", "/trainedmodels")).toEqual([]);
  });

  it("tolerates doubled slashes and a slash at the end", async () => {
    expect((await callStudio(simulators, "S1", "//users/")).status).toBe(200);
  });
});
