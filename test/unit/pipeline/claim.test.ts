import { beforeEach, describe, expect, it } from "vitest";
import type { OpenSlice } from "../../../shared/core/slice.ts";
import { resent } from "../../../shared/core/slice.ts";
import { AppError } from "../../../shared/errors.ts";
import { Claim, type GivingBack } from "../../../shared/pipeline/claim.ts";
import type { Stored } from "../../../shared/pipeline/ports.ts";
import { sampleSlice } from "../../support/contracts/samples.ts";
import { type MemoryStage, memoryStage } from "../../support/stage.ts";

const REQUEST = "0123456789abcdef0123456789abcdef";
const SLICE = sampleSlice("001-01-000001");
const STAGED = { blob: "p/x", tag: "v1", bytes: 4096, runs: [{ epoch: 1, blocks: 1 }] };
const MORE = { ...STAGED, bytes: 8192, runs: [{ epoch: 1, blocks: 2 }] };
const BACK: GivingBack = {
  hasFailed: true,
  sentAt: "2026-01-15T09:00:00.000Z",
  part: null,
  owedFor: ({ attempt }) => ({ key: `attempt-${attempt}`, send: [], events: [] }),
};
const DONE = { report: "r/x", reportSha256: "digest", files: 0, bytes: 0, outcomes: [] };

let stage: MemoryStage;
beforeEach(async () => {
  stage = memoryStage();
  await stage.slices.add(REQUEST, [SLICE]);
});

async function stored(): Promise<Stored<OpenSlice>> {
  const slice = await stage.slices.load(REQUEST, SLICE.sliceId);
  if (slice === null) throw new Error("The slice is settled");
  return slice;
}

describe("a claim", () => {
  it("is taken by one of two workers that come at once", async () => {
    const found = await stored();

    const takes = await Promise.allSettled([
      Claim.take(stage, REQUEST, found),
      Claim.take(stage, REQUEST, found),
    ]);

    expect(takes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect((await stored()).value).toMatchObject({
      epoch: 1,
      leaseUntil: "2026-01-15T08:01:00.000Z",
    });
  });

  it("is kept, and its progress stored, when a third of the lease has passed", async () => {
    const claim = await Claim.take(stage, REQUEST, await stored());
    await claim.staged(STAGED);
    await claim.staged(MORE);
    expect((await stored()).value.staged).toEqual([STAGED]);

    stage.clock.advance(stage.pace.leaseMs / 3);
    await claim.staged(MORE);

    expect((await stored()).value).toMatchObject({
      staged: [MORE],
      leaseUntil: "2026-01-15T08:01:20.000Z",
    });
  });

  it("stores nothing once another worker has taken over", async () => {
    const first = await Claim.take(stage, REQUEST, await stored());
    stage.clock.advance(stage.pace.leaseMs);
    await Claim.take(stage, REQUEST, await stored());
    const before = await stored();

    const late = [first.staged(STAGED), first.settle(DONE), first.giveBack(BACK), first.confirm()];

    for (const write of late) await expect(write).rejects.toMatchObject({ code: "store-conflict" });
    expect(await stored()).toEqual(before);
    expect(await stage.ledger.owed(REQUEST)).toEqual([]);
  });

  it("goes on when the slice was only sent again meanwhile", async () => {
    const claim = await Claim.take(stage, REQUEST, await stored());
    const { value, version } = await stored();
    await stage.slices.save(REQUEST, resent(value, stage.clock.now()), version);

    await claim.giveBack(BACK);

    expect((await stored()).value).toMatchObject({ attempt: 3, failures: 1, leaseUntil: null });
    expect((await stage.ledger.owed(REQUEST)).map(({ key }) => key)).toEqual(["attempt-3"]);
  });

  it("ends when its call has used up its time", async () => {
    const claim = await Claim.take(stage, REQUEST, await stored());
    stage.clock.advance(stage.pace.stepMs + 1);

    await expect(claim.staged(STAGED)).rejects.toMatchObject({ code: "time-up" });
  });

  it("stores a part once when the answer to its write was lost", async () => {
    const [aside, last] = [
      { blob: "r/aside", sha256: "digest" },
      { blob: "r/last", sha256: "digest" },
    ];
    const { save } = stage.slices;
    let lost = 0;
    const slices = {
      ...stage.slices,
      // The client tries again by itself, and meets its own first write.
      save: async (...args: Parameters<typeof save>) => {
        const version = await save(...args);
        if (lost === 2 || args[1].parts.length <= lost) return version;
        lost += 1;
        throw new AppError("store-conflict", "The slice was changed by somebody else");
      },
    };
    const claim = await Claim.take({ ...stage, slices }, REQUEST, await stored());

    await claim.setAside(aside);
    await claim.giveBack({ ...BACK, part: last });

    expect(lost).toBe(2);
    expect((await stored()).value.parts).toEqual([aside, last]);
  });
});
