import { expect, it } from "vitest";
import type { DueIndex } from "../../../shared/pipeline/ports.ts";

const AT_NINE = { lookAt: "2026-01-15T09:00:00.000Z", requestId: "a".repeat(32) };
const AT_TEN = { lookAt: "2026-01-15T10:00:00.000Z", requestId: "f".repeat(32) };
const LATER_AT_TEN = { lookAt: "2026-01-15T10:00:00.001Z", requestId: "0".repeat(32) };

/** States what every due index promises. `make` gives an empty one. */
export function dueIndexContract(make: () => DueIndex): void {
  it("is empty at first", async () => {
    expect(await make().until("2026-01-15T10:00:00.000Z", 10)).toEqual([]);
  });

  it("gives what is due at an instant, that very instant included, earliest first", async () => {
    const index = make();
    for (const due of [LATER_AT_TEN, AT_TEN, AT_NINE]) await index.add(due);

    const due = await index.until("2026-01-15T10:00:00.000Z", 10);

    expect(due).toEqual([AT_NINE, AT_TEN]);
  });

  it("gives no more than the limit, the earliest ones", async () => {
    const index = make();
    for (const due of [LATER_AT_TEN, AT_TEN, AT_NINE]) await index.add(due);

    const due = await index.until("2026-01-16T00:00:00.000Z", 2);

    expect(due).toEqual([AT_NINE, AT_TEN]);
  });

  it("goes on after a row that was given, whether it is still there or not", async () => {
    const index = make();
    for (const due of [LATER_AT_TEN, AT_TEN, AT_NINE]) await index.add(due);
    await index.remove(AT_NINE);

    const due = await index.until("2026-01-16T00:00:00.000Z", 10, AT_NINE);
    const rest = await index.until("2026-01-16T00:00:00.000Z", 10, AT_TEN);

    expect([due, rest]).toEqual([[AT_TEN, LATER_AT_TEN], [LATER_AT_TEN]]);
  });

  it("holds a row once that is added twice", async () => {
    const index = make();
    await index.add(AT_NINE);

    await index.add(AT_NINE);

    expect(await index.until(AT_NINE.lookAt, 10)).toEqual([AT_NINE]);
  });

  it("removes one row of a request and leaves its others", async () => {
    const index = make();
    const again = { ...AT_NINE, lookAt: "2026-01-15T09:30:00.000Z" };
    await index.add(AT_NINE);
    await index.add(again);

    await index.remove(AT_NINE);
    await index.remove(AT_NINE);

    expect(await index.until("2026-01-15T10:00:00.000Z", 10)).toEqual([again]);
  });
}
