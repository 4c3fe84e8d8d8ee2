import { expect, it } from "vitest";
import { isCode } from "../../../shared/errors.ts";
import type { HistoryEntry, Ledger, Slices } from "../../../shared/pipeline/ports.ts";
import {
  newRequestId,
  sampleChange,
  sampleEntry,
  sampleOwed,
  sampleRequest,
  sampleSlice,
} from "./samples.ts";

/** States what every ledger promises. `make` gives a ledger, and the slices of the same store. */
export function ledgerContract(make: () => { ledger: Ledger; slices: Slices }): void {
  it("gives back the request that was created", async () => {
    const { ledger } = make();
    const request = sampleRequest({ submitter: "Zoë O'Hara 🦊" });

    const outcome = await ledger.create(sampleChange(request));

    expect(outcome).toBe("created");
    expect((await ledger.load(request.requestId))?.value).toEqual(request);
  });

  it("has no request that was never created", async () => {
    const { ledger } = make();

    expect(await ledger.load(newRequestId())).toBeNull();
  });

  it("leaves everything as it is when a request is created again", async () => {
    const { ledger } = make();
    const first = sampleRequest();
    await ledger.create(sampleChange(first));
    const { requestId } = first;
    const second = { ...first, bodyHash: "other" };

    const outcome = await ledger.create(
      sampleChange(second, { history: [sampleEntry(1)], owed: sampleOwed(requestId, "000001") }),
    );

    expect(outcome).toBe("exists");
    expect((await ledger.load(requestId))?.value.bodyHash).toBe("c0ffee");
    expect(await historyOf(ledger, requestId)).toEqual([]);
    expect(await ledger.owed(requestId)).toEqual([]);
  });

  it("lets exactly one of 50 writers of the same version win", async () => {
    const { ledger } = make();
    const request = sampleRequest();
    await ledger.create(sampleChange(request));
    const version = (await ledger.load(request.requestId))?.version ?? "";

    const writes = await Promise.allSettled(
      Array.from({ length: 50 }, (_unused, number) =>
        ledger.save(
          sampleChange({ ...request, attempt: number + 2 }, { history: [sampleEntry(number + 1)] }),
          version,
        ),
      ),
    );

    const won = writes.flatMap(({ status }, number) => (status === "fulfilled" ? [number] : []));
    const lost = writes.filter(
      (write) => write.status === "rejected" && isCode(write.reason, "store-conflict"),
    );
    expect([won.length, lost.length]).toEqual([1, 49]);
    expect((await ledger.load(request.requestId))?.value.attempt).toBe((won[0] ?? -1) + 2);
    expect(await historyOf(ledger, request.requestId)).toEqual([sampleEntry((won[0] ?? -1) + 1)]);
  });

  it("stores nothing of a change to an old version", async () => {
    const { ledger } = make();
    const request = sampleRequest();
    const { requestId } = request;
    await ledger.create(sampleChange(request));
    const old = (await ledger.load(requestId))?.version ?? "";
    await ledger.save(sampleChange({ ...request, attempt: 2 }), old);

    const write = ledger.save(
      sampleChange(
        { ...request, attempt: 3 },
        { history: [sampleEntry(1)], owed: sampleOwed(requestId, "000001") },
      ),
      old,
    );

    await expect(write).rejects.toMatchObject({ code: "store-conflict" });
    expect((await ledger.load(requestId))?.value.attempt).toBe(2);
    expect(await historyOf(ledger, requestId)).toEqual([]);
    expect(await ledger.owed(requestId)).toEqual([]);
  });

  it("stores nothing of a change whose history entry is there already", async () => {
    const { ledger } = make();
    const request = sampleRequest();
    const { requestId } = request;
    await ledger.create(sampleChange(request, { history: [sampleEntry(1)] }));
    const version = (await ledger.load(requestId))?.version ?? "";

    const write = ledger.save(
      sampleChange({ ...request, attempt: 2 }, { history: [sampleEntry(2), sampleEntry(1)] }),
      version,
    );

    await expect(write).rejects.toMatchObject({ code: "store-conflict" });
    expect((await ledger.load(requestId))?.value.attempt).toBe(1);
    expect(await historyOf(ledger, requestId)).toEqual([sampleEntry(1)]);
  });

  it("refuses to save a request that was never created", async () => {
    const { ledger } = make();
    const other = sampleRequest();
    await ledger.create(sampleChange(other));
    const version = (await ledger.load(other.requestId))?.version ?? "";

    const write = ledger.save(sampleChange(sampleRequest()), version);

    await expect(write).rejects.toMatchObject({ code: "store-conflict" });
  });

  it("tells what is owed, oldest first, whatever the keys", async () => {
    const { ledger, slices } = make();
    const request = sampleRequest();
    const { requestId } = request;
    await slices.add(requestId, [sampleSlice("001-00-000001")]);
    const slice = await slices.load(requestId, "001-00-000001");
    await ledger.create(sampleChange(request, { owed: sampleOwed(requestId, "000002") }));
    const version = (await ledger.load(requestId))?.version ?? "";
    await slices.save(
      requestId,
      sampleSlice("001-00-000001", { attempt: 2 }),
      slice?.version ?? "",
      sampleOwed(requestId, "slice-1"),
    );
    await ledger.save(sampleChange(request, { owed: sampleOwed(requestId, "000001") }), version);

    const owed = await ledger.owed(requestId);

    expect(owed.map(({ key }) => key)).toEqual(["000002", "slice-1", "000001"]);
    expect(owed[0]).toEqual(sampleOwed(requestId, "000002"));
  });

  it("forgets what is paid, and only that, however often", async () => {
    const { ledger } = make();
    const request = sampleRequest();
    const { requestId } = request;
    await ledger.create(sampleChange(request, { owed: sampleOwed(requestId, "000001") }));
    const version = (await ledger.load(requestId))?.version ?? "";
    await ledger.save(sampleChange(request, { owed: sampleOwed(requestId, "000002") }), version);

    await ledger.paid(requestId, ["000001"]);
    await ledger.paid(requestId, ["000001", "000003"]);

    expect((await ledger.owed(requestId)).map(({ key }) => key)).toEqual(["000002"]);
  });

  it("gives the history in order beyond nine entries", async () => {
    const { ledger } = make();
    const request = sampleRequest();
    const entries = Array.from({ length: 12 }, (_unused, index) => sampleEntry(index + 1));
    await ledger.create(sampleChange(request, { history: entries }));

    const history = await historyOf(ledger, request.requestId);

    expect(history).toEqual(entries);
  });

  it("keeps requests apart", async () => {
    const { ledger } = make();
    const [one, other] = [sampleRequest(), sampleRequest()];
    await ledger.create(sampleChange(one, { history: [sampleEntry(1)] }));

    await ledger.create(sampleChange(other, { owed: sampleOwed(other.requestId, "000001") }));

    expect(await ledger.owed(one.requestId)).toEqual([]);
    expect(await historyOf(ledger, other.requestId)).toEqual([]);
  });

  it("keeps a request of 100,000 characters", async () => {
    const { ledger } = make();
    const approval = { approver: "b".repeat(36), at: "2026-01-15T08:00:00.000Z", planHash: "é" };
    const request = sampleRequest({ approvals: Array.from({ length: 1000 }, () => approval) });

    await ledger.create(sampleChange(request));

    expect((await ledger.load(request.requestId))?.value).toEqual(request);
  });
}

async function historyOf(ledger: Ledger, requestId: string): Promise<readonly HistoryEntry[]> {
  const entries: HistoryEntry[] = [];
  for await (const entry of ledger.history(requestId)) entries.push(entry);
  return entries;
}
