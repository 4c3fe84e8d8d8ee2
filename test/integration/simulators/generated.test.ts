import { createHash } from "node:crypto";
import { afterAll, describe, expect, it } from "vitest";
import {
  type Answer,
  callControl,
  callStudio,
  jsonOf,
  listStudio,
  urlOf,
  valuesOf,
} from "../../support/simulators/simulator-calls.ts";
import { startTestSimulators } from "../../support/simulators/test-simulators.ts";

const simulators = await startTestSimulators({ bulkDatasets: { count: 300, bytes: [8192, 100] } });
afterAll(() => simulators[Symbol.asyncDispose]());

async function ownDatasets(): Promise<Answer[]> {
  const listed = await listStudio(simulators, "B1", "/datasources");
  return listed.filter(({ Owner }) => Owner !== "Microsoft Corporation");
}

describe("generated data sets", () => {
  it("are as many and as large as asked for, each of its own bytes", async () => {
    const datasets = await ownDatasets();
    const bodies = await Promise.all(
      datasets.slice(0, 20).map(async (dataset) => {
        const response = await fetch(urlOf(dataset["DownloadLocation"] as Answer));
        return Buffer.from(await response.arrayBuffer()).toString("base64");
      }),
    );

    expect(datasets).toHaveLength(300);
    expect(valuesOf(datasets, "Size").slice(0, 4)).toEqual([8192, 100, 8192, 100]);
    expect(new Set(valuesOf(datasets, "Id")).size).toBe(300);
    expect(new Set(bodies).size).toBe(20);
  });

  it("are found by id and deleted like others", async () => {
    const last = (await ownDatasets()).at(-1) ?? {};

    const found = await callStudio(simulators, "B1", `/datasources/${String(last["Id"])}`);
    const deleted = await callStudio(
      simulators,
      "B1",
      `/datasources/family/${String(last["FamilyId"])}`,
      { method: "DELETE" },
    );

    expect(await found.json()).toMatchObject({ Name: "Generated data set 00300" });
    expect(deleted.status).toBe(204);
    expect(await ownDatasets()).toHaveLength(299);
  });

  it("have a digest that is told without a download", async () => {
    const [first] = await ownDatasets();
    const body = await fetch(urlOf(first?.["DownloadLocation"] as Answer));
    const expected = createHash("sha256").update(Buffer.from(await body.arrayBuffer()));

    const path = `workspaces/B1/datasets/${String(first?.["Id"])}/sha256`;
    const told = await jsonOf<Answer>(await callControl(simulators, "GET", path));
    const unknown = await callControl(simulators, "GET", "workspaces/B1/datasets/none/sha256");

    expect(told).toEqual({ sha256: expected.digest("hex"), sizeBytes: 8192 });
    expect(unknown.status).toBe(404);
  });

  it("lie in an open folder too, bytes and documents, for tools that know no links", async () => {
    const folder = `${simulators.addresses.storage}/browse/B1`;
    const [first] = await ownDatasets();
    const page = await (await fetch(`${folder}/`)).text();
    const names = [...page.matchAll(/href="([^"]+)"/g)].map(([, name]) => name);
    const content = await fetch(`${folder}/${String(first?.["Id"])}`);
    const told = await fetch(`${folder}/${String(first?.["Id"])}.json`, { method: "HEAD" });
    const document = await fetch(`${folder}/${String(first?.["Id"])}.json`);

    expect(names).toContain(first?.["Id"]);
    expect(names).toContain(`${String(first?.["Id"])}.json`);
    expect((await content.arrayBuffer()).byteLength).toBe(8192);
    expect(Number(told.headers.get("content-length"))).toBe((await document.text()).length);
    expect((await fetch(`${folder}/none`)).status).toBe(404);
  });

  it("are not there unless asked for", async () => {
    await using plain = await startTestSimulators();

    const workspaces = await jsonOf<Answer[]>(await callControl(plain, "GET", "workspaces"));

    expect(valuesOf(workspaces, "name")).not.toContain("tailspin-generated");
  });
});
