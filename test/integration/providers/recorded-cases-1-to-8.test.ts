import { createHash } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { createMovableClock } from "../../../local/simulators/clock.ts";
import { credentialOf } from "../../../local/simulators/seed/derived-ids.ts";
import { UniqueNames } from "../../../shared/core/names.ts";
import { collect, collectFiles, textsOf } from "../../support/providers/collect.ts";
import { holdsSecret } from "../../support/providers/holds-secret.ts";
import {
  assetNamed,
  contentIn,
  contentOf,
  estateForFile,
  failOn,
  providerFor,
  seededWorkspace,
} from "../../support/providers/provider-on-simulators.ts";
import { callStudio } from "../../support/simulators/simulator-calls.ts";

const SAMPLES = "506153734175476c4f62416c57734963";

const clock = createMovableClock();
const estate = await estateForFile({ clock });

describe("the cases that the record suggests", () => {
  it("1: reads a data set again when its link has run out before the download", async () => {
    const { simulators } = estate;
    simulators.switches.change({ linkTtlSeconds: 60 });
    const content = await contentOf(estate, "Movies");
    clock.advance(61_000);
    simulators.callLog.clear();

    const bytes = await collect((await content.open()).body);

    expect(Buffer.concat(bytes).length).toBe(content.bytes);
    expect(simulators.callLog.list().map(({ surface, status }) => [surface, status])).toEqual([
      ["storage", 403],
      ["studio", 200],
      ["storage", 200],
    ]);
  });

  it("2: names a model whose output is gone, with the reason", async () => {
    estate.simulators.switches.change({ promotedOutput: "null" });
    const model = assetNamed(estate.assets, "Churn [trained model]");

    const parts = await collect(estate.provider.files(estate.churn, model));

    expect(parts).toMatchObject([
      { path: ["metadata.json"] },
      { path: ["Churn [trained model].ilearner"], reason: "asset-not-found" },
    ]);
  });

  it("3: of 250 data sets loses none for the one that fails for ever", async () => {
    const { simulators } = estate;
    const bulk = seededWorkspace(simulators, "S5");
    const provider = providerFor(simulators, "S5");
    const datasets = (await collect(provider.inventory(bulk))).filter(
      ({ kind }) => kind === "dataset",
    );
    const [once = "", ever = ""] = datasets.map(({ sourceId }) => sourceId);
    failOn(estate, "studio", `datasources/${once}$`, { status: 503 });
    failOn(estate, "studio", `datasources/${ever}$`, { status: 500, body: STORAGE_ERROR }, 9);

    const codes: unknown[] = [];
    for (const dataset of datasets) {
      const files = collect(provider.files(bulk, dataset));
      codes.push(
        await files.then(
          () => "exported",
          ({ code }: { code: unknown }) => code,
        ),
      );
    }

    expect(codes.filter((code) => code === "exported")).toHaveLength(249);
    expect(codes.filter((code) => code === "workspace-unreadable")).toHaveLength(1);
  });

  it("4: gives assets of any name a folder of their own", async () => {
    const { simulators } = estate;
    const listed = await Promise.all(
      ["F2", "S2"].map((key) =>
        collect(providerFor(simulators, key).inventory(seededWorkspace(simulators, key))),
      ),
    );
    const names = listed.flat().map(({ name }) => name);
    const folders = new UniqueNames();
    const taken = [...names, ...names.map((name) => name.toUpperCase())].map((n) =>
      folders.take(n),
    );

    expect(names).toEqual(expect.arrayContaining(['Risco "alto" / teste', "テレメトリ 2018"]));
    expect(taken).toEqual(expect.arrayContaining(["Risco _alto_ _ teste", "テレメトリ 2018"]));
    expect(new Set(taken.map((name) => name.toLowerCase())).size).toBe(taken.length);
  });

  it("5: copies bytes that are no UTF-8, a byte-order mark and CRLF, each with its digest", async () => {
    const latin = await contentIn(estate, "F2", "Pacientes – série 2017 (ção)");
    const marked = await contentOf(estate, "CRM customers 2018-04");

    const read = async (file: typeof latin) =>
      Buffer.concat(await collect((await file.open()).body));
    const [latinBytes, markedBytes] = [await read(latin), await read(marked)];

    expect(latinBytes.includes(0xe7)).toBe(true);
    expect(Buffer.from(latinBytes.toString("utf8"), "utf8").equals(latinBytes)).toBe(false);
    expect(markedBytes.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    expect(markedBytes.includes("\r\n")).toBe(true);
    expect(sha256(markedBytes)).toBe(sha256(await read(marked)));
  });

  it("6: keeps 64-bit ticks as they were sent", async () => {
    const crm = assetNamed(estate.assets, "CRM customers 2018-04");
    const raw = await (
      await callStudio(estate.simulators, "S1", `/datasources/${crm.sourceId}`)
    ).text();

    const [metadata = ""] = await textsOf((await filesOf("CRM customers 2018-04")).slice(0, 1));

    const ticks = /"CreatedDateTicks":\d+/.exec(raw)?.[0] ?? "none";
    expect(Number.isSafeInteger(Number(ticks.split(":")[1]))).toBe(false);
    expect(metadata).toContain(ticks);
  });

  it("7: lets no token, key or link into documents and errors", async () => {
    const secrets = [
      credentialOf("token1:S1"),
      credentialOf("token2:S1"),
      credentialOf("storagekey:S1"),
    ];
    const texts = await textsOf(await filesOf("Nightly import"));
    failOn(estate, "storage", "sharedaccess", { status: 403 }, 2);
    const content = await contentOf(estate, "Movies");

    const error: unknown = await content.open().catch((thrown: unknown) => thrown);

    const told = [...texts, inspect(error, { depth: 9 })];
    expect(error).toMatchObject({ code: "workspace-unreadable" });
    expect(told.filter((text) => secrets.some((secret) => holdsSecret(text, secret)))).toEqual([]);
    expect(told.join("")).not.toMatch(/sig(?:nature)?=[A-Za-z0-9]{20}/);
  });

  it("8: never lists a sample or another workspace's asset, nor exports one that is asked for", async () => {
    const owners = new Set(
      estate.assets.map(({ sourceId }) => /^([0-9a-f]{32})\./.exec(sourceId)?.[1]).filter(Boolean),
    );
    const sample = {
      ...assetNamed(estate.assets, "Movies"),
      sourceId: `${SAMPLES}.1.v1-default-1`,
    };

    expect([...owners]).toEqual([estate.churn.workspaceId]);
    await expect(collect(estate.provider.files(estate.churn, sample))).rejects.toMatchObject({
      code: "asset-not-found",
    });
  });
});

const STORAGE_ERROR = { Error: { Code: "AzureStorageError", Message: "Azure User Storage Error" } };

async function filesOf(name: string) {
  return collectFiles(estate.provider.files(estate.churn, assetNamed(estate.assets, name)));
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
