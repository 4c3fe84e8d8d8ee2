import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalStack, linksOf, localStack } from "../support/e2e/local-stack.ts";

const CONTOSO =
  "/subscriptions/f52ca913-39ff-4bb4-89ea-a4ef9043fd2d/resourceGroups/contoso-ml-rg/providers/Microsoft.MachineLearning/workspaces/contoso-churn";
const NORTHWIND = "a153d1d93f1489b2d4e477d55601e1dc";

let local: LocalStack;
beforeAll(async () => {
  local = await localStack();
});
afterAll(async () => {
  await local[Symbol.asyncDispose]();
});

describe("a sealed package", () => {
  it("can be had as one file, every digest of it proven", async () => {
    const id = await local.submit(CONTOSO);
    await local.until(id, ["completed"]);

    const file = await local.downloadZip(id);

    expect((await readFile(file)).subarray(0, 4)).toEqual(Buffer.from("PK\x03\x04"));
  });

  it("gives links that read one file each and write nothing", async () => {
    const id = await local.submit(CONTOSO);
    await local.until(id, ["completed"]);

    const links = await linksOf(local, id);
    const link = links.get("bagit.txt") ?? "";
    const read = await fetch(link);
    const write = await fetch(link, {
      method: "PUT",
      headers: { "x-ms-blob-type": "BlockBlob" },
      body: "x",
    });
    const other = await fetch(link.replace("/bagit.txt?", "/files.ndjson?"));

    expect(await read.text()).toBe("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
    expect([write.status, other.status]).toEqual([403, 403]);
    expect(link).toMatch(/^https:.*[?&]sp=r&/);
  });
});

describe("an export in which something failed", () => {
  it("makes one new request for exactly what failed", async () => {
    const id = await local.submit(NORTHWIND);
    const { exceptions } = await local.until(id, ["completed-with-exceptions"]);
    const retry = () => local.api(`/api/privacy-requests/${id}/retry`, { method: "POST" });

    const [first, second] = [await retry(), await retry()];

    expect(first.status).toBe(202);
    expect(second.headers.get("location")).toBe(first.headers.get("location"));
    const { id: retried } = (await first.json()) as { id: string };
    expect(await local.until(retried, ["completed-with-exceptions"])).toMatchObject({
      retryOf: id,
      progress: { items: { done: exceptions, total: exceptions } },
      exceptions,
    });
  });
});
