import { describe, expect, it } from "vitest";
import { AppError } from "../../../shared/errors.ts";
import { commit } from "../../../shared/pipeline/commit.ts";
import { reconcile } from "../../../shared/pipeline/reconciler.ts";
import { runStep } from "../../../shared/pipeline/run-step.ts";
import { bagOf } from "../../support/bag.ts";
import { requestOf, submitted } from "../../support/intakes.ts";
import { aDataset } from "../../support/memory/source.ts";
import { type MemoryStage, memoryStage, runToEnd } from "../../support/stage.ts";

const MINUTE_MS = 60_000;
const content = (bytes: number) => Buffer.alloc(bytes, "0123456789abcdef!");

/** Runs the reconciler every minute for some time, with everything it sends. */
async function reconcileFor(stage: MemoryStage, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    stage.clock.advance(MINUTE_MS);
    await reconcile(stage);
    await stage.bus.drain((message) => runStep(stage, message));
  }
}

describe("a source that ends early without saying so", () => {
  it("never leaves a short file behind", async () => {
    const stage = memoryStage([aDataset("short.bin", content(9_000))]);
    const { files } = stage.provider;
    let isShort = true;
    stage.source.files = async function* (workspace, asset) {
      for await (const file of files(workspace, asset)) {
        if (!("open" in file)) continue;
        const open = async (...args: Parameters<typeof file.open>) => {
          const opened = await file.open(...args);
          if (!isShort || file.key !== "content") return opened;
          isShort = false;
          return { ...opened, body: firstHalf(opened.body) };
        };
        yield { ...file, open };
      }
    };
    const requestId = await submitted(stage);

    await runToEnd(stage);
    const request = await requestOf(stage, requestId);
    expect(request.state).toBe("completed");
    const { payload, problems } = await bagOf(stage, request);
    expect(problems).toEqual([]);
    expect(payload["data/workspace/datasets/short.bin/short.bin"]).toEqual(content(9_000));
  });
});

describe("many slow assets", () => {
  it("are each exported once, over as many calls as it takes", async () => {
    const assets = Array.from({ length: 40 }, (_, index) => aDataset(`a${index}.csv`, "1"));
    const stage = memoryStage(assets);
    let lists = 0;
    stage.source.onFiles = () => {
      lists += 1;
      stage.clock.advance(30_000);
    };
    const requestId = await submitted(stage);

    await runToEnd(stage);

    expect(await requestOf(stage, requestId)).toMatchObject({
      state: "completed",
      seal: { files: 80 },
    });
    expect(stage.lines.filter((line) => line.includes("time-up")).length).toBeGreaterThan(2);
    expect(lists).toBe(40);
  });
});

describe("a source that is slow but alive", () => {
  it("is left to the worker that reads it", async () => {
    const stage = memoryStage([aDataset("slow.bin", content(20_000))], { stepMs: 60 * MINUTE_MS });
    stage.source.onChunk = async () => {
      stage.clock.advance(30_000);
      await reconcile(stage);
    };
    const requestId = await submitted(stage);

    await runToEnd(stage);

    expect((await requestOf(stage, requestId)).state).toBe("completed");
    const done = await Array.fromAsync(stage.slices.done(requestId, ""));
    expect(done.map(({ epoch }) => epoch)).toEqual([1]);
  });
});

describe("what nobody foresaw", () => {
  it("ends the asset after the tries that are set, with the others whole", async () => {
    const stage = memoryStage([aDataset("good.csv", "1"), aDataset("bad.csv", "2")]);
    stage.source.onFiles = ({ name }) => {
      if (name === "bad.csv") throw new TypeError("no such thing: maja@example.com");
    };
    const requestId = await submitted(stage);

    await runToEnd(stage);

    const request = await requestOf(stage, requestId);
    expect(request).toMatchObject({
      state: "completed-with-exceptions",
      seal: { exceptions: 1, files: 2 },
    });
    const { tags } = await bagOf(stage, request);
    expect(JSON.parse(String(tags["exceptions.ndjson"]))).toMatchObject({
      name: "bad.csv",
      reason: "internal",
    });
    expect(stage.bus.deadLetters).toEqual([]);
    expect(JSON.stringify(stage.lines)).not.toContain("maja");
  });

  it("ends a plan that fails each time", async () => {
    const stage = memoryStage();
    let plans = 0;
    stage.source.onFind = () => {
      plans += 1;
      throw new TypeError("no such thing");
    };
    const requestId = await submitted(stage);

    await runToEnd(stage);

    const request = await requestOf(stage, requestId);
    expect(request).toMatchObject({ state: "failed", failure: { code: "internal" } });
    expect(plans).toBe(4);
  });

  it("ends a request whose planner dies each time", async () => {
    const stage = memoryStage();
    const requestId = await submitted(stage);
    await commit(stage, requestId, { kind: "plan" });
    Object.assign(stage.bus, { send: async () => undefined });

    await reconcileFor(stage, 120);

    expect(await requestOf(stage, requestId)).toMatchObject({
      state: "failed",
      failure: { code: "gave-up" },
    });
  });
});

describe("our own store being away", () => {
  it("ends no request, however long it takes", async () => {
    const stage = memoryStage([aDataset("a.csv", "1")]);
    const { create } = stage.packages;
    let outages = 20;
    Object.assign(stage.packages, {
      create: async (requestId: string) => {
        outages -= 1;
        if (outages >= 0) throw new AppError("store-unavailable", "The store is away");
        await create(requestId);
      },
    });
    const requestId = await submitted(stage);

    await runToEnd(stage);

    expect((await requestOf(stage, requestId)).state).toBe("completed");
  });
});

describe("a workspace that closes in the middle", () => {
  it.each(["workspace-locked", "workspace-denied"] as const)(
    "for %s blocks the request, which goes on when it is open again",
    async (code) => {
      const stage = memoryStage([aDataset("a.csv", "1"), aDataset("b.csv", "2")]);
      let isOpen = false;
      stage.source.onFiles = ({ name }) => {
        if (!isOpen && name === "b.csv") throw new AppError(code, "Closed");
      };
      const requestId = await submitted(stage);
      await runToEnd(stage);
      expect(await requestOf(stage, requestId)).toMatchObject({
        state: "blocked",
        failure: { code },
      });

      isOpen = true;
      stage.clock.advance(stage.pace.blockedMs);
      await reconcileFor(stage, 2);

      const request = await requestOf(stage, requestId);
      expect(request).toMatchObject({ state: "completed", seal: { files: 4, exceptions: 0 } });
      expect((await bagOf(stage, request)).problems).toEqual([]);
    },
  );
});

describe("staged blocks that the store has dropped", () => {
  it("make the file begin again", async () => {
    const stage = memoryStage([aDataset("large.bin", content(50_000))]);
    let isKilled = false;
    stage.source.onChunk = (_asset, _key, offset) => {
      stage.clock.advance(5_000);
      if (isKilled || offset < 30_000) return;
      isKilled = true;
      throw new Error("killed");
    };
    const { commit: commitBlocks } = stage.packages;
    Object.assign(stage.packages, {
      commit: async (...[ref, blockIds]: Parameters<typeof commitBlocks>) => {
        if (blockIds.some((id) => id.startsWith("000001-"))) {
          throw new AppError("package-corrupt", "A block of the blob is not there");
        }
        return commitBlocks(ref, blockIds);
      },
    });
    const requestId = await submitted(stage);

    await runToEnd(stage);

    const request = await requestOf(stage, requestId);
    expect(request.state).toBe("completed");
    expect((await bagOf(stage, request)).problems).toEqual([]);
  });
});

describe("a wait that the source asked for", () => {
  it("is not cut short by the reconciler", async () => {
    const stage = memoryStage([aDataset("a.csv", "1")]);
    const asked: string[] = [];
    stage.source.onFiles = () => {
      asked.push(stage.clock.now());
      if (asked.length > 1) return;
      throw new AppError("source-throttled", "Slow down", { retryAfterMs: 15 * MINUTE_MS });
    };
    const requestId = await submitted(stage);
    await stage.bus.drain((message) => runStep(stage, message));

    await reconcileFor(stage, 30);

    expect((await requestOf(stage, requestId)).state).toBe("completed");
    expect(asked).toHaveLength(2);
    expect(Date.parse(asked[1] ?? "") - Date.parse(asked[0] ?? "")).toBeGreaterThanOrEqual(
      15 * MINUTE_MS,
    );
  });
});

async function* firstHalf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body) {
    if (bytes >= 4_500) return;
    bytes += chunk.length;
    yield chunk;
  }
}
