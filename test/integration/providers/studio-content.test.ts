import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { collect } from "../../support/providers/collect.ts";
import {
  contentIn,
  contentOf,
  estateForFile,
  failOn,
} from "../../support/providers/provider-on-simulators.ts";

const DATA = join(dirname(createRequire(import.meta.url).resolve("vega-datasets")), "../data");

const estate = await estateForFile();

describe("the content of a data set", () => {
  it.each([
    ["US flights (200k sample)", "flights-200k.json"],
    ["US flights (3m rows)", "flights-3m.parquet"],
    ["Zip codes", "zipcodes.csv"],
    ["Unemployment by county", "unemployment.tsv"],
  ])("%s comes byte for byte", async (name, file) => {
    const path = join(DATA, file);

    const content = await contentOf(estate, name);
    const opened = await content.open();

    expect(content).toMatchObject({ path: [file], bytes: (await stat(path)).size });
    expect(await sha256(opened.body)).toBe(await sha256(createReadStream(path)));
  });

  it("keeps bytes that are no UTF-8", async () => {
    const content = await contentIn(estate, "F2", "Pacientes – série 2017 (ção)");

    const bytes = Buffer.concat(await collect((await content.open()).body));

    expect(content).toMatchObject({ path: ["pacientes_2017.csv"], bytes: bytes.length });
    expect(Buffer.from(bytes.toString("utf8"), "utf8").equals(bytes)).toBe(false);
  });

  it("keeps a byte-order mark and CRLF", async () => {
    const content = await contentOf(estate, "CRM customers 2018-04");

    const bytes = Buffer.concat(await collect((await content.open()).body));

    expect(bytes.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    expect(bytes.includes("\r\n")).toBe(true);
  });

  it("goes on where a broken download ended", async () => {
    const content = await contentOf(estate, "US flights (200k sample)");
    failOn(estate, "storage", "sharedaccess", { cutAfterBytes: 3_000_000 });

    const first = await content.open();
    const { bytes, error } = await readUntilError(first.body);
    const second = await content.open({ offset: bytes.length, tag: first.tag ?? "" });
    const whole = Buffer.concat([bytes, ...(await collect(second.body))]);

    expect(error).toMatchObject({ code: "source-truncated", isRetryable: true });
    expect(bytes.length).toBeGreaterThan(0);
    expect(second.offset).toBe(bytes.length);
    expect(second.totalBytes).toBe(content.bytes);
    expect(await sha256([whole])).toBe(
      await sha256(createReadStream(join(DATA, "flights-200k.json"))),
    );
  });

  it("starts anew when the version it began with is no longer there", async () => {
    const content = await contentOf(estate, "Zip codes");

    const opened = await content.open({ offset: 1000, tag: '"another version"' });

    expect(opened.offset).toBe(0);
    expect(await sha256(opened.body)).toBe(
      await sha256(createReadStream(join(DATA, "zipcodes.csv"))),
    );
  });

  it("is opened by a fresh link when the first is refused", async () => {
    failOn(estate, "storage", "sharedaccess", { status: 403 });
    const content = await contentOf(estate, "Zip codes");

    const opened = await content.open();

    expect(await sha256(opened.body)).toBe(
      await sha256(createReadStream(join(DATA, "zipcodes.csv"))),
    );
  });

  it("cannot be read when the fresh link is refused too", async () => {
    const content = await contentOf(estate, "Zip codes");
    failOn(estate, "storage", "sharedaccess", { status: 403 }, 2);

    await expect(content.open()).rejects.toMatchObject({ code: "workspace-unreadable" });
  });

  it("is truncated when fewer bytes come than were announced", async () => {
    estate.simulators.switches.change({ contentLength: "wrong" });
    const content = await contentOf(estate, "Movies");

    const opened = await content.open();

    await expect(sha256(opened.body)).rejects.toMatchObject({ code: "source-truncated" });
  });

  it("may come without a length", async () => {
    estate.simulators.switches.change({ contentLength: "chunked" });
    const content = await contentOf(estate, "Movies");

    const opened = await content.open();

    expect(opened.totalBytes).toBeNull();
    expect(await sha256(opened.body)).toBe(
      await sha256(createReadStream(join(DATA, "movies.json"))),
    );
  });

  it("cannot be read when the workspace's storage account is gone", async () => {
    const content = await contentIn(estate, "S3", "Sales by store");

    await expect(content.open()).rejects.toMatchObject({ code: "workspace-unreadable" });
  });

  it("is not found when the output was cleaned up", async () => {
    estate.simulators.switches.change({ promotedOutput: "missing" });
    const content = await contentOf(estate, "Scored customers");

    await expect(content.open()).rejects.toMatchObject({ code: "asset-not-found" });
  });
});

async function readUntilError(body: AsyncIterable<Uint8Array>) {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of body) chunks.push(chunk);
    return { bytes: Buffer.concat(chunks), error: null };
  } catch (error) {
    return { bytes: Buffer.concat(chunks), error };
  }
}

async function sha256(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of body) hash.update(chunk);
  return hash.digest("hex");
}
