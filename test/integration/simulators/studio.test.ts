import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { createMovableClock } from "../../../local/simulators/clock.ts";
import { credentialOf } from "../../../local/simulators/seed/derived-ids.ts";
import {
  type Answer,
  callStudio,
  jsonOf,
  listStudio,
} from "../../support/simulators/simulator-calls.ts";
import { startTestSimulators } from "../../support/simulators/test-simulators.ts";

const simulators = await startTestSimulators();
afterAll(() => simulators[Symbol.asyncDispose]());
beforeEach(() => simulators.switches.reset());

const TRAINING =
  "/experiments/b577bbf6c46640c822e2a6e3d255d437.f-id.22070af37c805222cafc51d35b75f5b7";

type NodeStatus = {
  readonly NodeId: string;
  readonly OutputEndpoints: readonly Record<string, string>[] | null;
};

function names(items: readonly Answer[], property = "Name"): unknown[] {
  return items.map((item) => item[property]);
}

describe("Studio API", () => {
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

    expect(names(users, "Status")).toEqual(["Active", "Active", "Active", "Invited"]);
    expect(users[3]?.["User"]).toEqual({
      Email: "consultant7@partner.example",
      Name: null,
      Role: "User",
      UserId: "3D0C3EBB26841B38",
    });
  });

  it("answers a foreign token with 401, naming the address it was used on", async () => {
    const headers = { "x-ms-metaanalytics-authorizationtoken": credentialOf("token1:S2") };

    const response = await callStudio(simulators, "S1", "/users", { headers });

    const url = `${simulators.addresses.studio}/api/workspaces/b577bbf6c46640c822e2a6e3d255d437/users`;
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({
      Error: {
        Code: "UserError",
        Message: `Attempted access to ${url} is not authorized and has been denied.`,
        Target: null,
        Details: [],
        InnerError: null,
        DebugInfo: null,
      },
    });
  });

  it("takes the secondary token, but not the bearer header alone", async () => {
    const token = credentialOf("token2:S1");
    const { studio } = simulators.addresses;
    const url = `${studio}/api/workspaces/b577bbf6c46640c822e2a6e3d255d437`;

    const special = await fetch(url, {
      headers: { "x-ms-metaanalytics-authorizationtoken": token },
    });
    const bearer = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });

    expect([special.status, bearer.status]).toEqual([200, 401]);
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

    expect(names(usual, "Description")).not.toContain("2016 baseline");
    expect(names(archived, "Description")).toContain("2016 baseline");
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

    expect(names(annotations, "NodeId")).toEqual(["87e05727-a547-4e3a-8423-271e26fb9de8-112"]);
    expect(names(models)).toEqual(["Churn [trained model]", "Churn R forest"]);
    expect(names(models, "DownloadLocation")).toEqual([null, null]);
    expect(names(transforms)).toEqual(["Churn missing values"]);
    expect(modules.filter(({ ReleaseState }) => ReleaseState === "Custom")).toHaveLength(1);
    expect(names(projects, "ContainerId")[0]).toBe("c6e5fc7c4f97586d3e6d54521b7882b6");
    expect(names(notebooks, "FamilyId")).toEqual(["b37e00e4bffff90079da1256e6273f0e"]);
    expect(names(gateways, "GatewayName")).toEqual(["contoso-dmg-01", "contoso-dmg-02"]);
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

  it("answers 404 in the form of 2018 for what it does not know", async () => {
    const response = await callStudio(simulators, "S1", "/datasources/unknown");

    const body = await jsonOf<{ Error: Answer }>(response);
    expect(response.status).toBe(404);
    expect(body.Error["Code"]).toBe("UserError");
  });

  it.each([
    ["2015", /^Request ID: /],
    ["lower-case", /^\{"error":\{"code":"UserError"/],
    ["empty", /^$/],
  ] as const)("writes errors in the form %s when asked", async (errorForm, expected) => {
    simulators.switches.change({ errorForm });

    const response = await callStudio(simulators, "S1", "/datasources/unknown");

    expect(await response.text()).toMatch(expected);
  });
});

describe("deleting over the Studio API", () => {
  const FAMILY = "/datasources/family/5dd8768ae911722d700b99f7279aa1fc";

  it("removes all versions of a data set, and answers 404 the second time", async () => {
    await using own = await startTestSimulators();

    const first = await callStudio(own, "S1", FAMILY, { method: "DELETE" });
    const listed = await listStudio(own, "S1", "/datasources");
    const second = await callStudio(own, "S1", FAMILY, { method: "DELETE" });

    expect([first.status, second.status]).toEqual([204, 404]);
    expect(names(listed)).not.toContain("CRM customers 2018-04");
  });

  it("still lists a deleted data set for as long as the switch says", async () => {
    const clock = createMovableClock();
    await using own = await startTestSimulators({ clock });
    own.switches.change({ deleteLagSeconds: 15 });

    await callStudio(own, "S1", FAMILY, { method: "DELETE" });
    const before = await listStudio(own, "S1", "/datasources");
    clock.advance(15_000);
    const after = await listStudio(own, "S1", "/datasources");

    expect([before.length, after.length]).toEqual([19, 18]);
  });

  it("refuses the first delete of each data set when asked", async () => {
    await using own = await startTestSimulators();
    own.switches.change({ firstDeleteFails400: true });

    const first = await callStudio(own, "S1", FAMILY, { method: "DELETE" });
    const second = await callStudio(own, "S1", FAMILY, { method: "DELETE" });

    expect([first.status, second.status]).toEqual([400, 204]);
  });

  it("removes an experiment with its runs, or its head only", async () => {
    await using own = await startTestSimulators();
    const all = "/experiments?includeNonLeaf=true";

    await callStudio(own, "S1", TRAINING, { method: "DELETE" });
    const withoutHead = await listStudio(own, "S1", all);
    const gone = await callStudio(own, "S1", TRAINING);
    const missing = await callStudio(own, "S1", `${TRAINING}?deleteAncestors=true`, {
      method: "DELETE",
    });

    const runs = withoutHead.filter(({ Description }) => Description === "Churn - training");
    expect(names(runs, "IsLeaf")).toEqual([false, false]);
    expect([gone.status, missing.status]).toEqual([404, 404]);
  });

  it("refuses a delete with a stale entity tag", async () => {
    const stale = await callStudio(simulators, "S1", `${TRAINING}?deleteAncestors=true`, {
      method: "DELETE",
      headers: { "If-Match": `W/"datetime'2011-01-01T00%3A00%3A00.1234567Z'"` },
    });

    expect(stale.status).toBe(412);
    expect((await callStudio(simulators, "S1", TRAINING)).status).toBe(200);
  });

  it("never deletes a sample", async () => {
    const samples = await listStudio(simulators, "S1", "/datasources");
    const family = samples.find(({ Name }) => Name === "Movie Ratings")?.["FamilyId"];

    const response = await callStudio(simulators, "S1", `/datasources/family/${String(family)}`, {
      method: "DELETE",
    });

    expect(response.status).toBe(403);
  });

  it("keeps calls that no client ever made behind a switch", async () => {
    await using own = await startTestSimulators();
    const model = "/trainedmodels/family/6edf910660790088c18d222f3ed284a3";

    const refused = await callStudio(own, "S1", model, { method: "DELETE" });
    own.switches.change({ unverifiedCalls: true });
    const done = await callStudio(own, "S1", model, { method: "DELETE" });

    expect([refused.status, done.status]).toEqual([404, 204]);
    expect(names(await listStudio(own, "S1", "/trainedmodels"))).toEqual(["Churn R forest"]);
  });

  it("answers 500 AzureStorageError when the storage account is gone", async () => {
    const [dataset] = await listStudio(simulators, "S3", "/datasources");

    const response = await callStudio(
      simulators,
      "S3",
      `/datasources/family/${String(dataset?.["FamilyId"])}`,
      { method: "DELETE" },
    );

    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({
      Error: { Code: "AzureStorageError", InnerError: { Code: "Unknown", InnerError: null } },
    });
  });
});

describe("guest workspaces", () => {
  it("refuse every call once they are eight hours old", async () => {
    const clock = createMovableClock();
    await using own = await startTestSimulators({ clock });

    const young = await callStudio(own, "G2", "/users");
    const expired = await callStudio(own, "G3", "/users");
    clock.advance(5 * 60_000);
    const ended = await callStudio(own, "G2", "/users");

    expect([young.status, expired.status, ended.status]).toEqual([200, 401, 401]);
  });
});
