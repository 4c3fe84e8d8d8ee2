import { describe, expect, it } from "vitest";
import type { Message } from "../../../shared/core/messages.ts";
import type { Packages } from "../../../shared/pipeline/ports.ts";
import { runStep } from "../../../shared/pipeline/run-step.ts";
import { sealPackage } from "../../../shared/pipeline/sealer.ts";
import { bagOf } from "../../support/bag.ts";
import { requestOf, submitted } from "../../support/intakes.ts";
import { aDataset } from "../../support/memory/source.ts";
import { type MemoryStage, memoryStage, runToEnd } from "../../support/stage.ts";

/** A stage whose request is at `sealing`, and the message that seals it. */
async function atSealing(): Promise<{ stage: MemoryStage; requestId: string; seal: Message }> {
  const stage = memoryStage([aDataset("a.csv", "1"), aDataset("b.csv", "22")]);
  const requestId = await submitted(stage);
  let seal: Message | undefined;
  await stage.bus.drain(async (message) => {
    if (message.step === "seal") seal = message;
    else await runStep(stage, message);
  });
  if (seal === undefined) throw new Error("The request was not sealed");
  return { stage, requestId, seal };
}

/** Packages whose list of payload is told differently. */
function listing(
  packages: Packages,
  change: (name: string, bytes: number) => number | null,
): Packages {
  return {
    ...packages,
    list: async function* (requestId, prefix) {
      for await (const { name, bytes } of packages.list(requestId, prefix)) {
        const told = change(name, bytes);
        if (told !== null) yield { name, bytes: told };
      }
    },
  };
}

describe("sealing", () => {
  it("writes the same when it is done twice, and counts once", async () => {
    const { stage, requestId, seal } = await atSealing();
    const died = {
      ...stage,
      ledger: { ...stage.ledger, save: async () => Promise.reject(new Error("killed")) },
    };

    await expect(sealPackage(died, requestId)).rejects.toThrow("killed");
    await Promise.all([sealPackage(stage, requestId), sealPackage(stage, requestId)]);
    await runStep(stage, seal);

    const request = await requestOf(stage, requestId);
    expect(request).toMatchObject({ state: "completed", seal: { files: 4 } });
    expect((await bagOf(stage, request)).problems).toEqual([]);
  });

  it.each([
    ["is missing", () => null],
    ["has another size", (_name: string, bytes: number) => bytes + 1],
  ])("fails the request when a payload blob %s", async (_what, change) => {
    const { stage, requestId, seal } = await atSealing();
    const isFirst = (name: string) => name === "p/001-01-000001-0000-content";
    const packages = listing(stage.packages, (name, bytes) =>
      isFirst(name) ? change(name, bytes) : bytes,
    );

    await runStep({ ...stage, packages }, seal);

    expect(await requestOf(stage, requestId)).toMatchObject({
      state: "failed",
      failure: { code: "package-corrupt" },
      sealedAt: null,
    });
  });

  it("fails the request when a slice's report is not the one that was settled", async () => {
    const { stage, requestId, seal } = await atSealing();
    const { read } = stage.packages;
    const forged = async function* () {
      yield Buffer.from("{}\n");
    };
    const packages = {
      ...stage.packages,
      read: async (...[ref, range]: Parameters<typeof read>) =>
        ref.name.startsWith("r/") ? forged() : read(ref, range),
    };

    await runStep({ ...stage, packages }, seal);

    expect(await requestOf(stage, requestId)).toMatchObject({
      state: "failed",
      failure: { code: "package-corrupt" },
    });
  });

  it("leaves blobs of no file alone", async () => {
    const { stage, requestId, seal } = await atSealing();
    await stage.packages.put({ requestId, name: "p/001-01-000001-0000-aaa" }, Buffer.from("left"));

    await runStep(stage, seal);
    await runToEnd(stage);

    const request = await requestOf(stage, requestId);
    expect(request).toMatchObject({ state: "completed", seal: { files: 4 } });
    expect((await bagOf(stage, request)).problems).toEqual([]);
  });
});
