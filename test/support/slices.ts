import type { OpenSlice } from "../../shared/core/slice.ts";

/** An open slice that nobody has claimed. */
export function anOpenSlice(fields: Partial<OpenSlice> = {}): OpenSlice {
  return {
    sliceId: "001-01-000001",
    lines: { offset: 0, bytes: 10 },
    assets: 1,
    expectedBytes: 100,
    attempt: 1,
    failures: 0,
    epoch: 0,
    leaseUntil: null,
    sentAt: null,
    bytesDone: 0,
    staged: [],
    ...fields,
  };
}
