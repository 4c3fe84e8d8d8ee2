import { describe, expect, it } from "vitest";
import { blockId, type StagedBlob } from "../../../shared/core/slice.ts";
import { AppError } from "../../../shared/errors.ts";
import { Staging } from "../../../shared/pipeline/staging.ts";

const REF = { requestId: "0".repeat(32), name: "p/a" };
const BYTES = Buffer.from("block");

/** A store whose calls are answered one by one, in any order. */
function slowStore() {
  const calls: { id: string; answer: PromiseWithResolvers<void> }[] = [];
  const stage = (_ref: unknown, id: string) => {
    const answer = Promise.withResolvers<void>();
    calls.push({ id, answer });
    return answer.promise;
  };
  return { calls, stage };
}

function stagingTo(store: ReturnType<typeof slowStore>, told: StagedBlob[]) {
  const onStaged = async (staged: StagedBlob) => void told.push(staged);
  return new Staging(store, REF, { tag: null, adopted: [] }, { epoch: 1, onStaged });
}

describe("blocks on their way into the store", () => {
  it("are stored side by side and told of in their order", async () => {
    const store = slowStore();
    const told: StagedBlob[] = [];
    const staging = stagingTo(store, told);
    for (let block = 0; block < 3; block += 1) await staging.add(BYTES, () => undefined);
    for (const { answer } of store.calls.toReversed()) answer.resolve();
    await staging.end();

    expect(store.calls.map(({ id }) => id)).toEqual([0, 1, 2].map((block) => blockId(1, block)));
    expect(told.map(({ runs }) => runs[0]?.blocks)).toEqual([1, 2, 3]);
    expect(told.at(-1)?.bytes).toBe(3 * BYTES.length);
  });

  it("are never told of behind one that failed; every memory is given back, and the failure thrown", async () => {
    const store = slowStore();
    const told: StagedBlob[] = [];
    const staging = stagingTo(store, told);
    let given = 0;
    const give = () => void (given += 1);
    for (let block = 0; block < 3; block += 1) await staging.add(BYTES, give);
    const [first, second, third] = store.calls;
    second?.answer.reject(new AppError("store-unavailable", "away"));
    third?.answer.resolve();
    await Promise.allSettled([second?.answer.promise]);
    first?.answer.resolve();

    await expect(staging.end()).rejects.toMatchObject({ code: "store-unavailable" });
    await expect(staging.add(BYTES, give)).rejects.toMatchObject({ code: "store-unavailable" });
    expect(told).toHaveLength(1);
    expect(given).toBe(4);
    expect(store.calls).toHaveLength(3);
  });

  it("go on after those that an earlier worker left", async () => {
    const store = slowStore();
    const told: StagedBlob[] = [];
    const adopted = [{ id: blockId(1, 0), bytes: 7 }];
    const onStaged = async (staged: StagedBlob) => void told.push(staged);
    const staging = new Staging(store, REF, { tag: "v1", adopted }, { epoch: 2, onStaged });
    await staging.add(BYTES, () => undefined);
    store.calls[0]?.answer.resolve();
    await staging.end();

    expect(staging.ids).toEqual([blockId(1, 0), blockId(2, 1)]);
    expect(told).toEqual([
      {
        blob: "p/a",
        tag: "v1",
        bytes: 7 + BYTES.length,
        runs: [
          { epoch: 1, blocks: 1 },
          { epoch: 2, blocks: 1 },
        ],
      },
    ]);
  });
});
