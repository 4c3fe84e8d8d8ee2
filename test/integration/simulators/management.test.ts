import { afterAll, describe, expect, it } from "vitest";
import { credentialOf, workspaceIdOf } from "../../../local/simulators/seed/derived-ids.ts";
import { type Answer, callStudio, jsonOf } from "../../support/simulators/simulator-calls.ts";
import { startTestSimulators } from "../../support/simulators/test-simulators.ts";

const simulators = await startTestSimulators();
afterAll(() => simulators[Symbol.asyncDispose]());

const SERVICE = "/ff5bb15636828aa7dae8b937f1d0da0a";

function call(workspaceKey: string, path: string, method = "GET", token?: string) {
  const base = `${simulators.addresses.management}/workspaces/${workspaceIdOf(workspaceKey)}`;
  const bearer = token ?? credentialOf(`token1:${workspaceKey}`);
  return fetch(`${base}/webservices${path}`, {
    method,
    headers: { Authorization: `Bearer ${bearer}` },
  });
}

describe("management API", () => {
  it("lists web services and says how many endpoints each has", async () => {
    const response = await call("S1", "");

    expect(await response.json()).toMatchObject([
      { Id: "ff5bb15636828aa7dae8b937f1d0da0a", EndpointCount: 4 },
      { Name: "RFM scorer (R)", EndpointCount: 1 },
    ]);
    expect(response.headers.get("x-ms-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("answers a list of nothing with an empty array or with 204", async () => {
    const empty = await call("F3", "");
    simulators.switches.change({ emptyWebServices: "204" });
    const noContent = await call("F3", "");

    expect(await empty.json()).toEqual([]);
    expect(noContent.status).toBe(204);
  });

  it("shows an endpoint to one of its own keys, and the list only to the workspace", async () => {
    const key = credentialOf("epkey1:S1:crm-prod");

    const endpoint = await call("S1", `${SERVICE}/endpoints/crm-prod`, "GET", key);
    const other = await call("S1", `${SERVICE}/endpoints/crm-test`, "GET", key);
    const list = await call("S1", "", "GET", key);

    expect(await endpoint.json()).toMatchObject({ Name: "crm-prod", PrimaryKey: key });
    expect([other.status, list.status]).toEqual([401, 401]);
    expect(await list.json()).toMatchObject({ error: { code: "Unauthorized" } });
  });

  it("leads from an endpoint to its Swagger, to its run and to the model it uses", async () => {
    const endpoint = await jsonOf<Answer>(await call("S1", `${SERVICE}/endpoints/default`));

    const swagger = await fetch(`${String(endpoint["ApiLocation"])}/swagger.json`);
    const run = String(endpoint["ExperimentLocation"]).split("/api/")[1]?.split("/experiments/")[1];
    const source = await callStudio(simulators, "S1", `/experiments/${run}`);

    expect(await swagger.json()).toMatchObject({ swagger: "2.0" });
    expect(await source.json()).toMatchObject({
      Description: "Churn - training [Predictive Exp.]",
      IsLeaf: false,
    });
    expect(endpoint["Resources"]).toMatchObject([
      { Kind: "TrainedModel", Location: { SasBlobToken: expect.stringContaining("sig=") } },
    ]);
  });

  it("answers a refresh that changes nothing with 304, but never for the default one", async () => {
    const refreshed = await call("S1", `${SERVICE}/endpoints/crm-test/refresh`, "POST");
    const refused = await call("S1", `${SERVICE}/endpoints/default/refresh`, "POST");
    simulators.switches.change({ quirk304: false });
    const plain = await call("S1", `${SERVICE}/endpoints/crm-test/refresh`, "POST");

    expect([refreshed.status, refused.status, plain.status]).toEqual([304, 400, 200]);
  });

  it("deletes the default endpoint last, and a web service with all of its own", async () => {
    const refused = await call("S1", `${SERVICE}/endpoints/default`, "DELETE");
    const batch = `${SERVICE}/endpoints/batch`;
    const batchKey = credentialOf("epkey1:S1:batch");
    const removed = await call("S1", batch, "DELETE", batchKey);
    const remaining = await call("S1", `${SERVICE}/endpoints`);
    const service = await call("S1", SERVICE, "DELETE");
    const gone = await call("S1", SERVICE);

    expect((await call("S1", batch, "GET", batchKey)).status).toBe(401);
    expect([refused.status, removed.status, service.status, gone.status]).toEqual([
      400, 204, 204, 404,
    ]);
    expect(await remaining.json()).toHaveLength(3);
  });
});
