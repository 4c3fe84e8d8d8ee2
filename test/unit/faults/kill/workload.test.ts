import { describe, expect, it } from "vitest";
import type { LoadWorkspace } from "../../../faults/kill/source-things.ts";
import { workload } from "../../../faults/kill/workload.ts";
import { createRandom } from "../../../support/random.ts";

const TYPES = ["standard", "free", "guest"] as const;
const WORKSPACES = Array.from(
  { length: 300 },
  (_unused, index): LoadWorkspace => ({
    key: `L${index}`,
    id: index.toString(16).padStart(32, "0"),
    armId: null,
    accountType: TYPES[index % 3] ?? "free",
    token: "",
  }),
);

describe("the load of a run with kills", () => {
  it("is as large as was asked for, with a key for each request, and the same for the same seed", () => {
    const works = workload(WORKSPACES, 300, createRandom(1));

    expect(works).toHaveLength(300);
    expect(new Set(works.map(({ key }) => key)).size).toBe(300);
    expect(workload(WORKSPACES, 300, createRandom(1))).toEqual(works);
    expect(workload(WORKSPACES, 300, createRandom(2))).not.toEqual(works);
  });

  it("has each kind of request, door, account type and decision", () => {
    const works = workload(WORKSPACES, 300, createRandom(1));
    const seen = (value: (work: (typeof works)[number]) => unknown) =>
      new Set(works.map((work) => String(value(work))));

    expect(seen(({ kind, exportFirst }) => kind === "delete" && exportFirst).size).toBe(2);
    expect(seen(({ kind }) => kind)).toEqual(new Set(["export", "delete"]));
    expect(seen(({ door }) => door)).toEqual(new Set(["http", "tickets"]));
    expect(seen(({ workspace }) => workspace.accountType)).toEqual(new Set(TYPES));
    expect(seen(({ decision }) => decision)).toEqual(new Set(["approve", "cancel", "hold"]));
    expect(seen(({ isRival }) => isRival).size).toBe(2);
  });

  it("deletes only single assets of guest workspaces, and lets rivals meet in one workspace", () => {
    const works = workload(WORKSPACES, 300, createRandom(1));
    const ofGuests = works.filter(
      ({ kind, workspace }) => kind === "delete" && workspace.accountType === "guest",
    );
    const rivals = Map.groupBy(
      works.filter(({ isRival }) => isRival),
      ({ workspace }) => workspace.id,
    );

    expect(new Set(ofGuests.map(({ scope }) => scope))).toEqual(new Set(["dataset"]));
    expect(new Set([...rivals.values()].map(({ length }) => length))).toEqual(new Set([2]));
  });
});
