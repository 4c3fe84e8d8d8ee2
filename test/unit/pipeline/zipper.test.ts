import { crc32 } from "node:zlib";
import { beforeEach, describe, expect, it } from "vitest";
import type { Message } from "../../../shared/core/messages.ts";
import type { PrivacyRequest } from "../../../shared/core/request.ts";
import { AppError } from "../../../shared/errors.ts";
import { packageLinks } from "../../../shared/pipeline/package-links.ts";
import { reconcile } from "../../../shared/pipeline/reconciler.ts";
import { runStep } from "../../../shared/pipeline/run-step.ts";
import { bagOf } from "../../support/bag.ts";
import { requestOf, submitted } from "../../support/intakes.ts";
import { aDataset } from "../../support/memory/source.ts";
import { type MemoryStage, memoryStage, runToEnd } from "../../support/stage.ts";
import { readZip } from "../../support/zip/read-zip.ts";

const content = Buffer.alloc(50_000, "0123456789abcdef!");

let stage: MemoryStage;
beforeEach(() => {
  stage = memoryStage([
    aDataset("a.csv", "abc"),
    aDataset("large.bin", content),
    aDataset("e", ""),
  ]);
});

/** Runs everything but the zip; returns the request and the message about its zip. */
async function sealed(): Promise<{ requestId: string; message: Message }> {
  const requestId = await submitted(stage);
  let zip: Message | undefined;
  await stage.bus.drain(async (message) => {
    if (message.step === "zip") zip = message;
    else await runStep(stage, message);
  });
  if (zip === undefined) throw new Error("No zip is owed");
  return { requestId, message: zip };
}

async function zipOf(request: PrivacyRequest): Promise<Buffer> {
  const { zip } = await packageLinks(stage, request);
  if (zip === null) throw new Error("There is no zip");
  const { body } = await stage.packages.visit(zip.url);
  expect(body.length).toBe(zip.bytes);
  return Buffer.from(body);
}

/** Compares the archive with the bag, file by file. */
async function expectZip(requestId: string): Promise<void> {
  const request = await requestOf(stage, requestId);
  const { tags, payload } = await bagOf(stage, request);
  const folder = `package-${requestId.slice(0, 8)}/`;
  const [root, ...entries] = await readZip(await zipOf(request));
  expect(root?.path).toBe(`${folder}data/`);
  expect(Object.fromEntries(entries.map(({ path, content: bytes }) => [path, bytes]))).toEqual(
    Object.fromEntries(
      Object.entries({ ...payload, ...tags }).map(([path, bytes]) => [folder + path, bytes]),
    ),
  );
  for (const entry of entries) expect(entry.crc32).toBe(crc32(entry.content));
}

describe("the zip of a package", () => {
  it("holds the whole bag in one folder", async () => {
    const requestId = await submitted(stage);

    await runToEnd(stage);

    await expectZip(requestId);
    expect(await stage.dueIndex.until("9999", 10)).toEqual([]);
  });

  it("has the same bytes whoever composes it, and goes on from the blocks that are staged", async () => {
    const { requestId, message } = await sealed();
    const staged: string[] = [];
    const { stage: stageBlock } = stage.packages;
    let deaths = 3;
    Object.assign(stage.packages, {
      stage: async (...[ref, id, bytes]: Parameters<typeof stageBlock>) => {
        if (staged.length % 4 === 3 && deaths > 0) {
          deaths -= 1;
          throw new Error("killed");
        }
        staged.push(id);
        await stageBlock(ref, id, bytes);
      },
    });

    await runStep(stage, message);
    await runToEnd(stage);

    await expectZip(requestId);
    expect(deaths).toBe(0);
    expect(new Set(staged).size).toBe(staged.length);
  });

  it("is composed over as many calls as it takes", async () => {
    const { requestId, message } = await sealed();
    const { stage: stageBlock } = stage.packages;
    Object.assign(stage.packages, {
      stage: async (...args: Parameters<typeof stageBlock>) => {
        stage.clock.advance(stage.pace.stepMs / 3);
        await stageBlock(...args);
      },
    });

    const { attempt } = await requestOf(stage, requestId);
    await runStep(stage, message);
    await runToEnd(stage);

    await expectZip(requestId);
    expect(stage.lines.filter((line) => line.includes("time-up")).length).toBeGreaterThan(2);
    // The messages about the zip are its own: those of the request are not counted on.
    expect(await requestOf(stage, requestId)).toMatchObject({ state: "completed", attempt });
  });

  it("is not lost when its message is", async () => {
    const { requestId } = await sealed();
    expect((await packageLinks(stage, await requestOf(stage, requestId))).zip).toBeNull();

    for (let minute = 0; minute < 15; minute += 1) {
      stage.clock.advance(60_000);
      await reconcile(stage);
      await runToEnd(stage);
    }

    await expectZip(requestId);
    expect(await stage.dueIndex.until("9999", 10)).toEqual([]);
  });

  it("is there once when two workers compose it at a time", async () => {
    const { requestId, message } = await sealed();

    await Promise.all([runStep(stage, message), runStep(stage, message)]);

    expect((await requestOf(stage, requestId)).zip?.failure).toBeNull();
    await expectZip(requestId);
  });

  it("is given up, with its reason, when a blob is not what was recorded; the package stays", async () => {
    const { requestId, message } = await sealed();
    const { read } = stage.packages;
    const forged = async function* () {
      yield Buffer.from("xyz");
    };
    const packages = {
      ...stage.packages,
      read: async (...[ref, range]: Parameters<typeof read>) =>
        ref.name === "p/001-01-000001-0000-content" ? forged() : read(ref, range),
    };

    await runStep({ ...stage, packages }, message);

    const request = await requestOf(stage, requestId);
    expect(request).toMatchObject({
      state: "completed",
      zip: { bytes: null, failure: { code: "package-corrupt" } },
    });
    expect((await bagOf(stage, request)).problems).toEqual([]);
    expect(await stage.dueIndex.until("9999", 10)).toEqual([]);
  });

  it("is given up after the tries that are set, outages of our own stores aside", async () => {
    const { requestId, message } = await sealed();
    const failures = [
      ...Array.from({ length: 9 }, () => new AppError("store-unavailable", "The store is away")),
      ...Array.from({ length: 4 }, () => new TypeError("no such thing")),
    ];
    let calls = 0;
    Object.assign(stage.packages, {
      stage: async () => Promise.reject(failures[calls++] ?? new Error("one call too many")),
    });

    await runStep(stage, message);
    await runToEnd(stage);

    expect(calls).toBe(failures.length);
    expect((await requestOf(stage, requestId)).zip?.failure?.code).toBe("internal");
  });
});
