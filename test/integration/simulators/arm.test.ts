import { ResourceManagementClient } from "@azure/arm-resources";
import { ManagedIdentityCredential } from "@azure/identity";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  callArm,
  callStudio,
  jsonOf,
  resourceToken,
} from "../../support/simulators/simulator-calls.ts";
import { IDENTITY_HEADER, startTestSimulators } from "../../support/simulators/test-simulators.ts";

const CONTOSO =
  "/subscriptions/f52ca913-39ff-4bb4-89ea-a4ef9043fd2d/resourceGroups/contoso-ml-rg/providers/Microsoft.MachineLearning/workspaces/contoso-churn";
const WINGTIP =
  "/subscriptions/f52ca913-39ff-4bb4-89ea-a4ef9043fd2d/resourceGroups/wingtip/providers/Microsoft.MachineLearning/workspaces/wingtip-labs";
const FABRIKAM =
  "/subscriptions/5a5a06b5-bfb8-4391-8bc3-965a3a7eda60/resourceGroups/fabrikam-eu/providers/Microsoft.MachineLearning/workspaces/fabrikam-telemetry";
const SUBSCRIPTION_B = "5a5a06b5-bfb8-4391-8bc3-965a3a7eda60";

const simulators = await startTestSimulators();
afterAll(() => simulators[Symbol.asyncDispose]());
beforeEach(() => simulators.switches.reset());

describe("Resource Manager with the Azure SDKs", () => {
  beforeAll(() => {
    vi.stubEnv("IDENTITY_ENDPOINT", simulators.addresses.identity);
    vi.stubEnv("IDENTITY_HEADER", IDENTITY_HEADER);
  });
  afterAll(() => vi.unstubAllEnvs());

  function client(subscriptionId: string): ResourceManagementClient {
    return new ResourceManagementClient(new ManagedIdentityCredential(), subscriptionId, {
      endpoint: simulators.addresses.arm,
    });
  }

  it("lists the workspaces of a subscription page by page", async () => {
    simulators.switches.change({ armPageSize: 1 });
    const pages = client(SUBSCRIPTION_B)
      .resources.list({ filter: "resourceType eq 'Microsoft.MachineLearning/Workspaces'" })
      .byPage();

    const names: unknown[][] = [];
    for await (const page of pages) names.push(page.map(({ name }) => name));

    expect(names).toEqual([["fabrikam-telemetry"], ["northwind-demand"], ["adatum-archive"]]);
  });

  it("gets a workspace whose path begins with two slashes", async () => {
    const workspace = await client("any").resources.getById(CONTOSO, "2019-10-01");

    expect(workspace.id).toBe(CONTOSO);
    expect(workspace.properties).toEqual({
      userStorageAccountId:
        "/subscriptions/f52ca913-39ff-4bb4-89ea-a4ef9043fd2d/resourceGroups/contoso-ml-rg/providers/Microsoft.Storage/storageAccounts/contosochurnml",
      ownerEmail: "priya.raman@contoso.example",
      workspaceType: "PaidStandard",
      workspaceState: "Enabled",
      workspaceId: "b577bbf6c46640c822e2a6e3d255d437",
      creationTime: "2016-03-01T23:14:37.0707808Z",
      studioEndpoint: simulators.addresses.studio,
    });
  });

  it("reports a missing workspace as ResourceNotFound", async () => {
    const looking = client("any").resources.getById(`${CONTOSO}-2`, "2019-10-01");

    await expect(looking).rejects.toMatchObject({ code: "ResourceNotFound", statusCode: 404 });
  });
});

describe("Resource Manager", () => {
  it.each(["listWorkspaceKeys", "listworkspacekeys", "LISTWORKSPACEKEYS"])(
    "gives the Studio tokens on POST %s",
    async (action) => {
      const response = await callArm(simulators, `${CONTOSO}/${action}`, { method: "POST" });

      expect(await response.json()).toEqual({
        primaryToken:
          "cPiIrZVfjaEQlnsk0lqfA6B2nhqRqKyQ7WAebGNmCVcNl+oohp3HTw5CV6cvqp+HradDY47VGkaU+N/+KnJ3jA==",
        secondaryToken:
          "9zBP4iZU0cbc/UOtiPvOerWQ1bdmlrCRjhs3DCB3IDWyWhGcAIz/4l091Otah2i2GRKfxmZ9Bv68D5m+nHpdOg==",
      });
    },
  );

  it("does not give them under a ReadOnly lock", async () => {
    const response = await callArm(simulators, `${WINGTIP}/listWorkspaceKeys`, { method: "POST" });

    expect(response.status).toBe(409);
    expect(await response.json()).toEqual({
      error: {
        code: "ScopeLocked",
        message: `The scope '${WINGTIP}' cannot perform write operation because following scope(s) are locked: '${WINGTIP}'. Please remove the lock and try again.`,
      },
    });
  });

  it("does not delete under a lock that the resource group passes on", async () => {
    const deletion = await callArm(simulators, FABRIKAM, { method: "DELETE" });
    const keys = await callArm(simulators, `${FABRIKAM}/listWorkspaceKeys`, { method: "POST" });
    const locks = await callArm(simulators, `${FABRIKAM}/providers/Microsoft.Authorization/locks`);

    expect([deletion.status, keys.status]).toEqual([409, 200]);
    expect(await locks.json()).toMatchObject({
      value: [{ name: "do-not-delete", properties: { level: "CanNotDelete" } }],
    });
  });

  it("shows locks set on the scope itself when the filter asks so", async () => {
    const path = `${FABRIKAM}/providers/Microsoft.Authorization/locks?$filter=atScope()`;

    expect(await (await callArm(simulators, path)).json()).toEqual({ value: [] });
  });

  it.each([
    ["subscription", "/subscriptions/f52ca913-39ff-4bb4-89ea-a4ef9043fd2d", 2],
    ["group", "/subscriptions/f52ca913-39ff-4bb4-89ea-a4ef9043fd2d/resourceGroups/WINGTIP", 1],
  ])("lists the workspaces of a %s", async (_kind, scope, count) => {
    const path = `${scope}/providers/Microsoft.MachineLearning/Workspaces`;

    const response = await callArm(simulators, path);

    const { value, ...rest } = await jsonOf<{ value: unknown[] }>(response);
    expect(value).toHaveLength(count);
    expect(rest).toEqual({});
  });

  it("does not know a subscription of others", async () => {
    const path = "/subscriptions/00000000-0000-4000-8000-000000000000/resources";

    const response = await callArm(simulators, path);

    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { code: "SubscriptionNotFound" } });
    expect(response.headers.get("x-ms-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("requires an api-version", async () => {
    const token = await resourceToken(simulators, simulators.addresses.arm);
    const headers = { Authorization: `Bearer ${token}` };

    const response = await fetch(simulators.addresses.arm + CONTOSO, { headers });

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: "MissingApiVersionParameter" } });
  });

  it("answers 401 without a token, with one for storage, and with an altered one", async () => {
    const storage = await resourceToken(simulators, "https://storage.azure.com");
    const own = await resourceToken(simulators, "https://management.azure.com");
    const altered = `${own.slice(0, -4)}AAAA`;

    const responses = await Promise.all(
      ["", `Bearer ${storage}`, `Bearer ${altered}`].map((Authorization) =>
        fetch(`${simulators.addresses.arm}${CONTOSO}?api-version=2019-10-01`, {
          headers: { Authorization },
        }),
      ),
    );

    expect(responses.map(({ status }) => status)).toEqual([401, 401, 401]);
    expect(responses[0]?.headers.get("www-authenticate")).toContain('error="invalid_token"');
  });

  it("answers 403 to an identity without rights on Azure", async () => {
    const { entra, tenantId, arm } = simulators.addresses;
    const grant = await fetch(`${entra}/${tenantId}/oauth2/v2.0/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: "nobody-app",
        scope: "https://management.azure.com/.default",
      }),
    });
    const { access_token: token } = await jsonOf<{ access_token: string }>(grant);

    const response = await fetch(`${arm}${CONTOSO}?api-version=2019-10-01`, {
      headers: { Authorization: `Bearer ${token}` },
    });

    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ error: { code: "AuthorizationFailed" } });
  });

  it("flattens errors and writes workspace ids with dashes when asked", async () => {
    simulators.switches.change({ armErrorForm: "flat", armIdForm: "dashed" });

    const missing = await callArm(simulators, `${CONTOSO}-2`);
    const found = await callArm(simulators, CONTOSO);

    expect(await missing.json()).toMatchObject({ code: "ResourceNotFound" });
    expect(await found.json()).toMatchObject({
      properties: { workspaceId: "b577bbf6-c466-40c8-22e2-a6e3d255d437" },
    });
  });
});

describe("deleting a workspace", () => {
  it("makes it vanish from Resource Manager and its tokens worthless", async () => {
    await using own = await startTestSimulators();

    const first = await callArm(own, CONTOSO, { method: "DELETE" });
    const second = await callArm(own, CONTOSO, { method: "DELETE" });
    const looked = await callArm(own, CONTOSO);
    const studio = await callStudio(own, "S1", "");

    expect([first.status, second.status, looked.status, studio.status]).toEqual([
      200, 204, 404, 401,
    ]);
  });

  it.each([
    ["202-async", "Azure-AsyncOperation", 200],
    ["202-location", "Location", 202],
  ] as const)("runs as a long operation in the form %s", async (form, header, running) => {
    await using own = await startTestSimulators();
    own.switches.change({ armWorkspaceDelete: form });

    const accepted = await callArm(own, CONTOSO, { method: "DELETE" });
    const pollPath = (accepted.headers.get(header) ?? "").replace(own.addresses.arm, "");
    const firstPoll = await callArm(own, pollPath);
    const meanwhile = await callArm(own, CONTOSO);
    const secondPoll = await callArm(own, pollPath);
    const afterwards = await callArm(own, CONTOSO);

    expect(accepted.status).toBe(202);
    expect([firstPoll.status, meanwhile.status]).toEqual([running, 200]);
    expect([secondPoll.status, afterwards.status]).toEqual([200, 404]);
  });
});
