import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { createArmClient } from "../../../shared/providers/arm/client.ts";
import type { HttpRequest } from "../../../shared/providers/http.ts";
import { collect } from "../../support/providers/collect.ts";
import { type FakeAnswer, fakeTransport } from "../../support/providers/fake-transport.ts";

const SUBSCRIPTION = "f52ca913-39ff-4bb4-89ea-a4ef9043fd2d";
const PROVIDER = "providers/Microsoft.MachineLearning/workspaces";
const ARM_ID = `/subscriptions/${SUBSCRIPTION}/resourceGroups/contoso (ml)/${PROVIDER}/über churn`;
const WORKSPACE = {
  id: ARM_ID,
  name: "über churn",
  properties: {
    WorkspaceId: "b577bbf6-c466-40c8-22e2-a6e3d255d437",
    workspaceType: "PaidStandard",
    studioEndpoint: "https://studioapi.azureml.example",
    creationTime: "2017-03-01T23:14:37.0707808Z",
    ownerEmail: "owner@contoso.example",
  },
};

describe("the ARM client", () => {
  it("gets a workspace with the bearer token, which no redirect would carry on", async () => {
    const { arm, transport } = client(() => json(WORKSPACE));

    const workspace = await arm.workspace(ARM_ID);

    expect(workspace).toEqual({
      armId: ARM_ID,
      name: "über churn",
      workspaceId: "b577bbf6-c466-40c8-22e2-a6e3d255d437",
      workspaceType: "PaidStandard",
      studioEndpoint: "https://studioapi.azureml.example",
      creationTime: "2017-03-01T23:14:37.0707808Z",
    });
    expect(transport.calls).toMatchObject([
      {
        method: "GET",
        url: `https://arm.example/subscriptions/${SUBSCRIPTION}/resourceGroups/contoso%20(ml)/${PROVIDER}/%C3%BCber%20churn?api-version=2019-10-01`,
        credentials: { authorization: "Bearer arm-token" },
      },
    ]);
    expect(transport.calls[0]?.headers).not.toHaveProperty("authorization");
  });

  it("asks the credential for ARM's public scope, or for the one that is set", async () => {
    const scopes: unknown[] = [];
    const getToken = async (scope: string | string[]) => {
      scopes.push(scope);
      return { token: "t", expiresOnTimestamp: Date.now() + 3_600_000 };
    };

    await client(() => json(WORKSPACE), { credential: { getToken } }).arm.workspace(ARM_ID);
    await client(() => json(WORKSPACE), {
      credential: { getToken },
      scope: "https://arm.example/.default",
    }).arm.workspace(ARM_ID);

    expect(scopes).toEqual([
      ["https://management.azure.com/.default"],
      ["https://arm.example/.default"],
    ]);
  });

  it("lists the workspaces of a subscription over all pages", async () => {
    const nextLink = `https://arm.example/subscriptions/${SUBSCRIPTION}/${PROVIDER}?api-version=2019-10-01&%24skipToken=a%2Fb`;
    const { arm, transport } = client((_request, calls) =>
      calls === 1
        ? json({ value: [WORKSPACE], nextLink })
        : json({ value: [{ id: "/x", name: "no id yet", properties: {} }], nextLink: null }),
    );

    const lines = await collect(arm.workspaces(SUBSCRIPTION));

    expect(lines).toEqual([
      { armId: ARM_ID, workspaceId: "b577bbf6-c466-40c8-22e2-a6e3d255d437" },
      { armId: "/x", workspaceId: null },
    ]);
    expect(transport.calls.map(({ url }) => url)).toEqual([
      `https://arm.example/subscriptions/${SUBSCRIPTION}/${PROVIDER}?api-version=2019-10-01`,
      nextLink,
    ]);
  });

  it.each([
    "https://evil.example/subscriptions/1?api-version=1",
    "https://arm.example.evil.example/subscriptions/1",
    "https://arm.example@evil.example/subscriptions/1",
    "http://arm.example/subscriptions/1",
    "https://arm.example/tenants/1",
    "/subscriptions/1",
  ])("does not follow the page %s", async (nextLink) => {
    const { arm, transport } = client(() => json({ value: [], nextLink }));

    const lines = collect(arm.workspaces(SUBSCRIPTION));

    await expect(lines).rejects.toMatchObject({ code: "outbound-refused" });
    expect(transport.calls).toHaveLength(1);
  });

  it("ends a list that goes on for ever", async () => {
    const { arm, transport } = client(({ url }) => json({ value: [], nextLink: String(url) }));

    const lines = collect(arm.workspaces(SUBSCRIPTION));

    await expect(lines).rejects.toMatchObject({ code: "source-invalid" });
    expect(transport.calls).toHaveLength(1000);
  });

  it("gets a workspace's primary token by POST", async () => {
    const { arm, transport } = client(() => json({ primaryToken: "p==", secondaryToken: "s==" }));

    const token = await arm.primaryToken(ARM_ID);

    expect(token).toBe("p==");
    expect(transport.calls[0]?.method).toBe("POST");
    expect(String(transport.calls[0]?.url)).toContain("/listWorkspaceKeys?api-version=");
  });

  it.each([
    `/subscriptions/${SUBSCRIPTION}/resourceGroups/../${PROVIDER}/x`,
    `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/${PROVIDER}/..`,
    `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/${PROVIDER}/.`,
    "//evil.example/subscriptions",
    "@evil.example/x",
    "",
  ])("makes no call for the ARM id %j, which leads elsewhere", async (armId) => {
    const { arm, transport } = client(() => json(WORKSPACE));

    const token = arm.primaryToken(armId);

    await expect(token).rejects.toMatchObject({ code: "workspace-not-found" });
    expect(transport.calls).toEqual([]);
  });

  it("says that a lock keeps the key from us, without naming the locked scope", async () => {
    const message = "The scope '/subscriptions/canary' cannot perform write operation because ...";
    const { arm } = client(() => json({ error: { code: "ScopeLocked", message } }, 409));

    const error = await arm.primaryToken(ARM_ID).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: "workspace-locked", isRetryable: false });
    expect(inspect(error)).not.toContain("canary");
  });

  it.each([
    [400, { error: { code: "MissingApiVersionParameter" } }, "source-invalid"],
    [401, { error: { code: "ExpiredAuthenticationToken" } }, "workspace-denied"],
    [403, { code: "AuthorizationFailed", message: "flat" }, "workspace-denied"],
    [404, { error: { code: "ResourceNotFound" } }, "workspace-not-found"],
    [409, { error: { code: "Conflict" } }, "source-unavailable"],
    [500, { error: { code: "InternalServerError" } }, "source-unavailable"],
    [202, {}, "source-invalid"],
  ])("takes the answer %i for what it means", async (status, body, code) => {
    const { arm } = client(() => json(body, status));

    await expect(arm.workspace(ARM_ID)).rejects.toMatchObject({ code });
  });

  it.each(["ResourceNotFound", "ResourceGroupNotFound", "SubscriptionNotFound"])(
    "says in one sentence that ARM tells of no such workspace: %s",
    async (code) => {
      const { arm } = client(() => json({ error: { code } }, 404));

      await expect(arm.workspace(ARM_ID)).rejects.toMatchObject({
        code: "workspace-not-found",
        message: "ARM has no such workspace, or we may not see it",
      });
    },
  );

  it("leaves the wait that ARM asks for to the caller, at once and after one call", async () => {
    const { arm, transport } = client(() => ({ status: 429, headers: { "retry-after": "17" } }));

    const workspace = arm.workspace(ARM_ID);

    await expect(workspace).rejects.toMatchObject({
      code: "source-throttled",
      retryAfterMs: 17_000,
    });
    expect(transport.calls).toHaveLength(1);
  });

  it.each([
    ["no object", null],
    ["a workspace without properties", { id: ARM_ID, name: "x" }],
    ["a workspace without its id", { ...WORKSPACE, properties: { workspaceType: "Free" } }],
  ])("refuses %s", async (_what, body) => {
    const { arm } = client(() => json(body));

    await expect(arm.workspace(ARM_ID)).rejects.toMatchObject({ code: "source-invalid" });
  });

  it("is unavailable when no token can be had", async () => {
    const credential = { getToken: () => Promise.reject(new Error("no identity endpoint")) };
    const { arm, transport } = client(() => json(WORKSPACE), { credential });

    const workspace = arm.workspace(ARM_ID);

    await expect(workspace).rejects.toMatchObject({ code: "source-unavailable" });
    expect(transport.calls).toEqual([]);
  });
});

type Options = Partial<Parameters<typeof createArmClient>[0]>;

function client(
  answer: (request: HttpRequest, calls: number) => FakeAnswer,
  options: Options = {},
) {
  const transport = fakeTransport(answer);
  const arm = createArmClient({
    endpoint: "https://arm.example/",
    credential: {
      getToken: async () => ({ token: "arm-token", expiresOnTimestamp: Date.now() + 3_600_000 }),
    },
    transport,
    clock: { now: () => "2026-03-01T12:00:00.000Z" },
    ...options,
  });
  return { arm, transport };
}

function json(value: unknown, status = 200): FakeAnswer {
  return { status, body: JSON.stringify(value) };
}
