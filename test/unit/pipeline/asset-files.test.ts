import { beforeEach, describe, expect, it } from "vitest";
import { AppError } from "../../../shared/errors.ts";
import type { MissingFile, SourceFile } from "../../../shared/pipeline/ports.ts";
import { bagOf } from "../../support/bag.ts";
import { requestOf, submitted } from "../../support/intakes.ts";
import { aDataset } from "../../support/memory/source.ts";
import { type MemoryStage, memoryStage, runToEnd } from "../../support/stage.ts";

const FOLDER = "data/workspace/datasets/orders";

let stage: MemoryStage;
beforeEach(() => {
  stage = memoryStage([aDataset("orders", "")]);
});

describe("the files of an asset", () => {
  it("lie in the folders that the provider names, each made safe and unique", async () => {
    give([
      file("a", ["runs", "1/2", "log.txt"]),
      file("b", ["runs", "1/2", "LOG.txt"]),
      file("c", ["Runs", "log.txt"]),
      file("d", ["runs"]),
      file("e", ["..", "..", "x"]),
    ]);

    const { payload } = await exported();

    expect(Object.keys(payload)).toEqual(
      [
        `${FOLDER}/runs/1_2/log.txt`,
        `${FOLDER}/runs/1_2/LOG (2).txt`,
        `${FOLDER}/Runs (2)/log.txt`,
        `${FOLDER}/runs (3)`,
        `${FOLDER}/unnamed/unnamed/x`,
      ].sort(),
    );
  });

  it("follow one that is missing and one that fails for good, which are named", async () => {
    give([
      { path: ["nodes", "train", "model"], reason: "asset-not-found" },
      { ...file("a", ["nodes", "train", "log"]), open: () => failing("workspace-unreadable") },
      file("b", ["nodes", "train", "preview"]),
    ]);

    const { request, payload, tags, problems } = await exported();

    expect(request).toMatchObject({ state: "completed-with-exceptions", seal: { files: 1 } });
    expect(Object.keys(payload)).toEqual([`${FOLDER}/nodes/train/preview`]);
    expect(linesOf(tags["exceptions.ndjson"])).toMatchObject([
      { file: "nodes/train/model", reason: "asset-not-found" },
      { file: "nodes/train/log", reason: "workspace-unreadable" },
    ]);
    expect(problems).toEqual([]);
  });

  it("are tried again while a failure may pass, and all go with the asset on the last try", async () => {
    let tries = 0;
    const busy = () => {
      tries += 1;
      return failing("source-unavailable");
    };
    give([{ ...file("a", ["a"]), open: busy }, file("b", ["b"])]);

    const { request, tags } = await exported();

    expect(tries).toBe(stage.pace.backoff.maxTries);
    expect(request.seal).toMatchObject({ files: 1, exceptions: 1 });
    expect(linesOf(tags["exceptions.ndjson"])).toMatchObject([
      { file: "a", reason: "source-unavailable" },
    ]);
  });

  it("are each read once when they take many calls, whether time runs out or the source is busy", async () => {
    const count = 100;
    let opens = 0;
    let readBack = 0;
    const slow = async () => {
      opens += 1;
      stage.clock.advance(20_000);
      if (opens === 50) return failing("source-unavailable");
      return { offset: 0, tag: null, totalBytes: 0, body: nothing() };
    };
    give(
      Array.from({ length: count }, (_, n) => ({ ...file(`f-${n}`, ["f", `${n}`]), open: slow })),
    );
    const read = stage.packages.read.bind(stage.packages);
    stage.packages.read = (ref, range) => {
      if (ref.name.startsWith("p/") && opens <= count) readBack += 1;
      return read(ref, range);
    };

    const { request, payload, problems } = await exported();

    // The one that failed was opened twice.
    expect(opens).toBe(count + 1);
    expect(readBack).toBe(0);
    expect(stage.lines.filter((line) => line.includes("time-up")).length).toBeGreaterThan(2);
    expect(request).toMatchObject({ state: "completed", seal: { files: count } });
    expect(Object.keys(payload)).toHaveLength(count);
    expect(problems).toEqual([]);
  });
});

function give(files: readonly (SourceFile | MissingFile)[]): void {
  stage.source.files = async function* () {
    yield* files;
  };
}

function file(key: string, path: readonly string[]): SourceFile {
  return {
    key,
    path,
    bytes: 0,
    redactions: [],
    open: async () => ({ offset: 0, tag: null, totalBytes: 0, body: nothing() }),
  };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

async function failing(code: "workspace-unreadable" | "source-unavailable"): Promise<never> {
  throw new AppError(code, "It fails");
}

async function exported() {
  const requestId = await submitted(stage);
  await runToEnd(stage);
  const request = await requestOf(stage, requestId);
  return { request, ...(await bagOf(stage, request)) };
}

function linesOf(bytes: Buffer | undefined): unknown[] {
  return String(bytes)
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}
