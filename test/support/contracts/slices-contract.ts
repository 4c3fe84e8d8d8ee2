import { expect, it } from "vitest";
import type { DoneSlice } from "../../../shared/core/slice.ts";
import { isCode } from "../../../shared/errors.ts";
import type { Ledger, Slices } from "../../../shared/pipeline/ports.ts";
import { newRequestId, sampleDone, sampleOwed, sampleSlice } from "./samples.ts";

const FIRST = "001-00-000001";
const SECOND = "001-00-000002";
const THIRD = "001-00-000003";

/** States what all slices promise. `make` gives slices, and the ledger of the same store. */
export function slicesContract(make: () => { slices: Slices; ledger: Ledger }): void {
  const withSlices = async (...ids: string[]) => {
    const requestId = newRequestId();
    const { slices, ledger } = make();
    await slices.add(
      requestId,
      ids.map((id) => sampleSlice(id)),
    );
    return { requestId, slices, ledger };
  };

  it("gives back a slice that was added", async () => {
    const { requestId, slices } = await withSlices(FIRST, SECOND);

    const stored = await slices.load(requestId, SECOND);

    expect(stored?.value).toEqual(sampleSlice(SECOND));
  });

  it("has no slice that was never planned", async () => {
    const { requestId, slices } = await withSlices(FIRST);

    expect(await slices.load(requestId, SECOND)).toBeNull();
  });

  it("adds the missing ones of slices that are there in part", async () => {
    const { requestId, slices } = await withSlices(FIRST, SECOND);

    await slices.add(requestId, [sampleSlice(SECOND), sampleSlice(THIRD)]);

    expect(await openIds(slices, requestId)).toEqual([FIRST, SECOND, THIRD]);
  });

  it("leaves what a worker did when slices are added again", async () => {
    const { requestId, slices } = await withSlices(FIRST, SECOND);
    await slices.settle(requestId, sampleDone(FIRST), await versionOf(slices, requestId, FIRST));
    const claimed = sampleSlice(SECOND, { epoch: 1, leaseUntil: "2026-01-15T08:10:00.000Z" });
    await slices.save(requestId, claimed, await versionOf(slices, requestId, SECOND));

    await slices.add(requestId, [sampleSlice(FIRST), sampleSlice(SECOND)]);

    expect(await slices.load(requestId, FIRST)).toBeNull();
    expect((await slices.load(requestId, SECOND))?.value).toEqual(claimed);
    expect(await doneOf(slices, requestId)).toEqual([sampleDone(FIRST)]);
  });

  it("adds each slice once when ten planners add the same 120 at once", async () => {
    const { requestId, slices } = await withSlices();
    const ids = Array.from({ length: 120 }, (_unused, index) => numbered(index + 1));
    const planned = ids.map((id) => sampleSlice(id));

    await Promise.all(Array.from({ length: 10 }, () => slices.add(requestId, planned)));

    expect(await openIds(slices, requestId)).toEqual(ids);
  });

  it("lets exactly one of 50 claims of the same version win", async () => {
    const { requestId, slices } = await withSlices(FIRST);
    const version = await versionOf(slices, requestId, FIRST);

    const claims = await Promise.allSettled(
      Array.from({ length: 50 }, (_unused, epoch) =>
        slices.save(requestId, sampleSlice(FIRST, { epoch }), version),
      ),
    );

    const lost = claims.filter(
      (claim) => claim.status === "rejected" && isCode(claim.reason, "store-conflict"),
    );
    expect(lost).toHaveLength(49);
  });

  it("returns the version that the next change must name", async () => {
    const { requestId, slices } = await withSlices(FIRST);
    const first = await versionOf(slices, requestId, FIRST);

    const second = await slices.save(requestId, sampleSlice(FIRST, { epoch: 1 }), first);
    const third = await slices.save(requestId, sampleSlice(FIRST, { epoch: 2 }), second);

    expect(await slices.load(requestId, FIRST)).toEqual({
      value: sampleSlice(FIRST, { epoch: 2 }),
      version: third,
    });
  });

  it("stores what a change owes together with it, where the ledger finds it", async () => {
    const { requestId, slices, ledger } = await withSlices(FIRST);
    const version = await versionOf(slices, requestId, FIRST);
    const owed = sampleOwed(requestId, "slice-1");

    await slices.save(requestId, sampleSlice(FIRST, { attempt: 2 }), version, owed);

    expect(await ledger.owed(requestId)).toEqual([owed]);
  });

  it("owes nothing for a change that lost", async () => {
    const { requestId, slices, ledger } = await withSlices(FIRST);
    const version = await versionOf(slices, requestId, FIRST);
    await slices.save(requestId, sampleSlice(FIRST, { epoch: 1 }), version);

    const change = slices.save(
      requestId,
      sampleSlice(FIRST, { epoch: 2 }),
      version,
      sampleOwed(requestId, "slice-1"),
    );

    await expect(change).rejects.toMatchObject({ code: "store-conflict" });
    expect(await ledger.owed(requestId)).toEqual([]);
  });

  it("replaces the open slice by the settled one", async () => {
    const { requestId, slices } = await withSlices(FIRST, SECOND);
    const version = await versionOf(slices, requestId, FIRST);

    await slices.settle(requestId, sampleDone(FIRST), version);

    expect(await slices.load(requestId, FIRST)).toBeNull();
    expect(await openIds(slices, requestId)).toEqual([SECOND]);
    expect(await doneOf(slices, requestId)).toEqual([sampleDone(FIRST)]);
  });

  it("does not settle a slice that changed since, nor change a settled one", async () => {
    const { requestId, slices } = await withSlices(FIRST);
    const old = await versionOf(slices, requestId, FIRST);
    const version = await slices.save(requestId, sampleSlice(FIRST, { epoch: 1 }), old);

    const tooLate = slices.settle(requestId, sampleDone(FIRST), old);
    await expect(tooLate).rejects.toMatchObject({ code: "store-conflict" });
    await slices.settle(requestId, sampleDone(FIRST), version);
    const change = slices.save(requestId, sampleSlice(FIRST, { epoch: 2 }), version);
    const again = slices.settle(requestId, sampleDone(FIRST), version);

    await expect(change).rejects.toMatchObject({ code: "store-conflict" });
    await expect(again).rejects.toMatchObject({ code: "store-conflict" });
    expect(await doneOf(slices, requestId)).toEqual([sampleDone(FIRST)]);
  });

  it("lists open slices by prefix, in order, after an id, up to a limit", async () => {
    const { requestId, slices } = await withSlices(
      THIRD,
      "001-01-000001",
      FIRST,
      SECOND,
      "002-00-000001",
    );

    const page = await slices.open(requestId, "001-00-", FIRST, 1);
    const rest = await slices.open(requestId, "001-00-", SECOND, 10);
    const none = await slices.open(requestId, "001-00-", THIRD, 10);

    expect(page.map(({ value }) => value)).toEqual([sampleSlice(SECOND)]);
    expect(rest.map(({ value }) => value)).toEqual([sampleSlice(THIRD)]);
    expect(none).toEqual([]);
    await slices.save(requestId, sampleSlice(SECOND, { epoch: 1 }), page[0]?.version ?? "");
  });

  it("never says that no slice is open while one is", async () => {
    const ids = Array.from({ length: 20 }, (_unused, index) => numbered(index + 1));
    const { requestId, slices } = await withSlices(...ids);
    const progress = { isOver: false };
    const settling = (async () => {
      for (const id of ids.slice(0, -1)) {
        await slices.settle(requestId, sampleDone(id), await versionOf(slices, requestId, id));
      }
      progress.isOver = true;
    })();

    const found: number[] = [];
    while (!progress.isOver) found.push((await slices.open(requestId, "001-00-", "", 1)).length);
    await settling;

    expect(new Set(found)).toEqual(new Set([1]));
    expect(await openIds(slices, requestId)).toEqual(ids.slice(-1));
  });

  it("tells what slices come to by prefix, open and settled, also beyond 32 bits", async () => {
    const { requestId, slices } = await withSlices(FIRST, SECOND, THIRD, "001-01-000001");
    const large = 5 * 1024 ** 3;
    const [outcome] = sampleDone(FIRST).outcomes;
    const outcomes = [outcome, { ...outcome, outcome: "failed" }] as DoneSlice["outcomes"];
    const done = { ...sampleDone(FIRST), bytes: large, outcomes };
    await slices.settle(requestId, done, await versionOf(slices, requestId, FIRST));
    const open = sampleSlice(SECOND, { bytesDone: 7 });
    await slices.save(requestId, open, await versionOf(slices, requestId, SECOND));

    const tally = await slices.tally(requestId, "001-00-");

    expect(tally).toEqual({ settled: 2, failed: 1, bytes: large + 7 });
    expect(await slices.tally(requestId, "009-00-")).toEqual({ settled: 0, failed: 0, bytes: 0 });
  });

  it("lists settled slices by prefix, in order", async () => {
    const ids = [SECOND, FIRST, "001-01-000001"];
    const { requestId, slices } = await withSlices(...ids, THIRD);
    for (const id of ids) {
      await slices.settle(requestId, sampleDone(id), await versionOf(slices, requestId, id));
    }

    const done = await doneOf(slices, requestId);

    expect(done.map(({ sliceId }) => sliceId)).toEqual([FIRST, SECOND]);
  });
}

function numbered(number: number): string {
  return `001-00-${String(number).padStart(6, "0")}`;
}

async function versionOf(slices: Slices, requestId: string, sliceId: string): Promise<string> {
  const stored = await slices.load(requestId, sliceId);
  return stored?.version ?? "";
}

async function openIds(slices: Slices, requestId: string): Promise<readonly string[]> {
  const open = await slices.open(requestId, "001-00-", "", 1000);
  return open.map(({ value }) => value.sliceId);
}

async function doneOf(slices: Slices, requestId: string): Promise<readonly DoneSlice[]> {
  const done: DoneSlice[] = [];
  for await (const slice of slices.done(requestId, "001-00-")) done.push(slice);
  return done;
}
