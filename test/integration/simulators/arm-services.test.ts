import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { type Answer, callArm, jsonOf } from "../../support/simulators/simulator-calls.ts";
import { startTestSimulators } from "../../support/simulators/test-simulators.ts";

const SUBSCRIPTION = "/subscriptions/f52ca913-39ff-4bb4-89ea-a4ef9043fd2d";
const PROVIDER = "/resourceGroups/contoso-ml-rg/providers/Microsoft.MachineLearning";
const SERVICES = `${SUBSCRIPTION}/providers/Microsoft.MachineLearning/webServices`;
const SERVICE = `${SUBSCRIPTION}${PROVIDER}/webServices/churn-v2`;
const WIDE = `${SUBSCRIPTION}${PROVIDER}/webServices/churn-wide`;
const PLAN = `${SUBSCRIPTION}${PROVIDER}/commitmentPlans/contoso-plan-s1`;
const CONTOSO = `${SUBSCRIPTION}${PROVIDER}/workspaces/contoso-churn`;

const simulators = await startTestSimulators();
afterAll(() => simulators[Symbol.asyncDispose]());
beforeEach(() => simulators.switches.reset());

type Page = { readonly value: Answer[]; readonly nextLink?: string };
type Resource = { readonly properties: Record<string, unknown> };

async function propertiesOf(path: string): Promise<Record<string, unknown>> {
  return (await jsonOf<Resource>(await callArm(simulators, path))).properties;
}

describe("new-style web services", () => {
  it("are listed page by page, without what they are made of", async () => {
    simulators.switches.change({ armPageSize: 2 });

    const first = await jsonOf<Page>(await callArm(simulators, SERVICES));
    const next = (first.nextLink ?? "").replace(simulators.addresses.arm, "");
    const second = await jsonOf<Page>(await callArm(simulators, next));

    const items = [...first.value, ...second.value];
    expect(items.map(({ name }) => name)).toEqual(["churn-v2", "churn-wide", "labs-pricing"]);
    expect(items.every((item) => !JSON.stringify(item).includes("exampleRequest"))).toBe(true);
    expect(second.nextLink).toBeUndefined();
  });

  it("show their sample rows and the credentials of their assets", async () => {
    const properties = await propertiesOf(SERVICE);

    expect(properties).toMatchObject({
      exampleRequest: { inputs: { input1: [[34, 27]] } },
      assets: { asset1: { locationInfo: { credentials: expect.stringContaining("sig=") } } },
      storageAccount: { name: "contosochurnml", key: null },
    });
    expect(properties).not.toHaveProperty("commitmentPlan");
  });

  it("name their workspace by ARM id or by hex digits of any case", async () => {
    const byId = await propertiesOf(SERVICE);
    const byHex = await propertiesOf(WIDE);

    expect(byId["machineLearningWorkspace"]).toEqual({
      id: CONTOSO.replace("/workspaces/", "/Workspaces/"),
    });
    expect(byHex["machineLearningWorkspace"]).toEqual({ id: "B577BBF6C46640C822E2A6E3D255D437" });
  });

  it("keep a large definition in a blob, which its credentials open", async () => {
    const properties = await propertiesOf(WIDE);
    const { uri, credentials } = properties["payloadsLocation"] as Record<string, string>;

    const payload = await fetch(`${uri}${credentials}`);
    const refused = await fetch(String(uri));

    expect(properties).not.toHaveProperty("assets");
    expect(await payload.json()).toMatchObject({ exampleRequest: {}, assets: {}, package: {} });
    expect(refused.status).toBe(403);
  });

  it("give their keys on a GET", async () => {
    const keys = await jsonOf<Answer>(await callArm(simulators, `${SERVICE}/listKeys`));

    expect(Object.keys(keys)).toEqual(["primary", "secondary"]);
  });

  it("have a Swagger description that takes no key", async () => {
    const properties = await propertiesOf(SERVICE);

    const response = await fetch(String(properties["swaggerLocation"]));

    expect(await response.json()).toMatchObject({ swagger: "2.0", info: { title: "churn-v2" } });
  });

  it("are deleted by an operation that tells its provisioningState", async () => {
    await using own = await startTestSimulators();

    const accepted = await callArm(own, SERVICE, { method: "DELETE" });
    const poll = (accepted.headers.get("azure-asyncoperation") ?? "").replace(
      own.addresses.arm,
      "",
    );
    const states: unknown[] = [];
    for (let polls = 0; polls < 2; polls += 1) {
      states.push((await jsonOf<Answer>(await callArm(own, poll)))["provisioningState"]);
    }
    const gone = await callArm(own, SERVICE);

    expect(accepted.status).toBe(202);
    expect(new URL(poll, own.addresses.arm).pathname).toMatch(/^\/subscriptions\//);
    expect(states).toEqual(["Provisioning", "Succeeded"]);
    expect(gone.status).toBe(404);
  });

  it("are deleted with 202 or 204 even when there are none", async () => {
    const accepted = await callArm(simulators, `${SERVICE}-x`, { method: "DELETE" });
    simulators.switches.change({ armServiceDelete: "204" });
    const noContent = await callArm(simulators, `${SERVICE}-x`, { method: "DELETE" });

    expect([accepted.status, noContent.status]).toEqual([202, 204]);
  });

  it("outlive their workspace", async () => {
    await using own = await startTestSimulators();

    await callArm(own, CONTOSO, { method: "DELETE" });

    expect((await callArm(own, SERVICE)).status).toBe(200);
  });
});

describe("commitment plans", () => {
  it("tell who uses them, services of another workspace too", async () => {
    const plan = await callArm(simulators, PLAN);
    const listed = await jsonOf<Page>(await callArm(simulators, `${PLAN}/commitmentAssociations`));

    expect(await plan.json()).toMatchObject({ sku: { name: "S1" } });
    const used = listed.value.map(
      ({ properties }) => (properties as Answer)["associatedResourceId"],
    );
    expect(used.map((id) => String(id).split("/").at(-1))).toEqual([
      "churn-v2",
      "churn-wide",
      "labs-pricing",
    ]);
  });

  it("list their usage flat and paged", async () => {
    simulators.switches.change({ armPageSize: 4 });

    const page = await jsonOf<Page>(await callArm(simulators, `${PLAN}/usageHistory`));

    expect(page.value).toHaveLength(4);
    expect(page.value[0]).toMatchObject({ usage: { "api-transactions": 120 } });
    expect(page.nextLink).toContain("skiptoken=4");
  });

  it("are deleted when no service uses them any more", async () => {
    await using own = await startTestSimulators();
    own.switches.change({ armServiceDelete: "204" });
    const refused = await callArm(own, PLAN, { method: "DELETE" });
    const others = [
      SERVICE,
      WIDE,
      SERVICE.replace("contoso-ml-rg", "wingtip").replace("churn-v2", "labs-pricing"),
    ];

    for (const service of others) await callArm(own, service, { method: "DELETE" });
    const deleted = await callArm(own, PLAN, { method: "DELETE" });
    const gone = await callArm(own, PLAN);

    expect([refused.status, deleted.status, gone.status]).toEqual([409, 200, 404]);
  });
});
