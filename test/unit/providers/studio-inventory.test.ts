import { describe, expect, it } from "vitest";
import { collect } from "../../support/providers/collect.ts";
import {
  DATASET_ID,
  DOCUMENTS,
  documents,
  EXPERIMENT_ID,
  ID,
  keyIn,
  studio,
  WORKSPACE,
} from "../../support/providers/fake-studio.ts";
import type { FakeAnswer } from "../../support/providers/fake-transport.ts";

describe("the inventory of a workspace", () => {
  it("lists each asset of the workspace once and no other", async () => {
    const { provider } = studio(documents);

    const assets = await collect(provider.inventory(WORKSPACE));

    expect(assets).toEqual([
      {
        kind: "workspace-settings",
        sourceId: ID,
        name: "contoso-churn",
        version: expect.stringMatching(/^[0-9a-f]{32}$/),
        bytes: 0,
        createdAt: "2016-03-01T23:14:37.000Z",
        modifiedAt: null,
      },
      {
        kind: "users",
        sourceId: ID,
        name: "Users",
        version: expect.stringMatching(/^[0-9a-f]{32}$/),
        bytes: 0,
        createdAt: null,
        modifiedAt: null,
      },
      {
        kind: "dataset",
        sourceId: DATASET_ID,
        name: "CRM",
        version: "48",
        bytes: 10,
        createdAt: "2016-05-25T18:11:19.696Z",
        modifiedAt: null,
      },
      {
        kind: "experiment",
        sourceId: EXPERIMENT_ID,
        name: "Churn",
        version: "W/1",
        bytes: 0,
        createdAt: "1970-01-01T00:00:01.000Z",
        modifiedAt: "1970-01-01T00:00:02.000Z",
      },
    ]);
  });

  it("sends the token in the service's own header and asks for archived and inner experiments", async () => {
    const { provider, transport } = studio(documents);

    await collect(provider.inventory(WORKSPACE));

    const root = `https://studio.example/api/workspaces/${ID}`;
    expect(transport.calls.map(({ url }) => url)).toEqual([
      root,
      // Once more, for the keys that no name may hold.
      root,
      `${root}/users`,
      `${root}/projectcontainers`,
      `${root}/datasources`,
      `${root}/trainedmodels`,
      `${root}/transformmodules`,
      `${root}/modules`,
      `${root}/experiments?includeArchived=true&includeNonLeaf=true`,
      `${root}/notebooks`,
      `${root}/gateways`,
      `https://management.example/workspaces/${ID}/webservices`,
      `${root}/webservicegroups`,
    ]);
    expect(new Set(transport.calls.map(({ credentials }) => JSON.stringify(credentials)))).toEqual(
      new Set([
        '{"x-ms-metaanalytics-authorizationtoken":"key-1"}',
        '{"authorization":"Bearer key-1"}',
      ]),
    );
  });

  it("gives the settings the same version under another token", async () => {
    const other = (path: string) => ({
      body: (DOCUMENTS[path] ?? "").replace("canary", "another"),
    });

    const [before] = await collect(studio(documents).provider.inventory(WORKSPACE));
    const [after] = await collect(studio(other).provider.inventory(WORKSPACE));

    expect(after?.version).toBe(before?.version);
  });

  it.each([
    ["204", { status: 204, body: "" }],
    ["an empty body", { body: "" }],
    ["null", { body: "null" }],
    ["an empty list", { body: "[]" }],
  ])("is empty where the service answers a list with %s", async (_what, answer: FakeAnswer) => {
    const { provider } = studio((path) => (path === "" ? documents("") : answer));

    const assets = await collect(provider.inventory(WORKSPACE));

    expect(assets.map(({ kind }) => kind)).toEqual(["workspace-settings", "users"]);
  });

  it.each([
    ["an object for a list", "{}"],
    ["a data set without an id", '[{"Name":"x"}]'],
    ["plain text", "Request ID: 1"],
  ])("is refused when the service answers with %s", async (_what, body) => {
    const { provider } = studio((path) => (path === "/datasources" ? { body } : documents(path)));

    const assets = collect(provider.inventory(WORKSPACE));

    await expect(assets).rejects.toMatchObject({ code: "source-invalid" });
  });
});

describe("a refused token", () => {
  it("is dropped, and the call made once more with a fresh one", async () => {
    const { provider, transport, dropped } = studio((path, request) =>
      keyIn(request) === "key-1" && path === "/users" ? { status: 401 } : documents(path),
    );

    const assets = await collect(provider.inventory(WORKSPACE));

    expect(assets).toHaveLength(4);
    expect(dropped).toEqual(["key-1"]);
    const keys = transport.calls.map(keyIn);
    const refusedAt = transport.calls.findIndex(({ url }) => String(url).endsWith("/users"));
    expect(new Set(keys.slice(0, refusedAt + 1))).toEqual(new Set(["key-1"]));
    expect(new Set(keys.slice(refusedAt + 1))).toEqual(new Set(["key-2"]));
  });

  it("is an error when the fresh one is refused too", async () => {
    const { provider, transport } = studio(() => ({ status: 401 }));

    const assets = collect(provider.inventory(WORKSPACE));

    await expect(assets).rejects.toMatchObject({ code: "workspace-denied" });
    expect(transport.calls).toHaveLength(2);
  });

  it.each([404, 429, 500])("is not blamed for the answer %i", async (status) => {
    const { provider, transport, dropped } = studio(() => ({ status }));

    await expect(collect(provider.inventory(WORKSPACE))).rejects.toThrow(String(status));

    expect(transport.calls).toHaveLength(1);
    expect(dropped).toEqual([]);
  });
});
