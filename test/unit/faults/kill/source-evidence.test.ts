import { describe, expect, it } from "vitest";
import type { SimulatorControl } from "../../../faults/kill/fault-stack.ts";
import { sourceEvidence } from "../../../faults/kill/source-evidence.ts";
import { type LoadWorkspace, thingOf } from "../../../faults/kill/source-things.ts";

const AT = "2026-03-01T10:00:00.000Z";
const FREE = "a".repeat(32);
const PAID = "b".repeat(32);
const FAMILY = "c".repeat(32);
const ARM = "/subscriptions/s/resourceGroups/load/providers/Microsoft.MachineLearning";
const THINGS = {
  free: thingOf(FREE, "workspace", FREE),
  dataset: thingOf(FREE, "dataset", `${FREE}.${FAMILY}.v1-default-1`),
  service: thingOf(FREE, "web-service", "svc"),
  endpoint: thingOf(FREE, "web-service-endpoint", "svc/default"),
  paid: thingOf(PAID, "workspace", PAID),
  inPaid: thingOf(PAID, "dataset", FAMILY),
  besidePaid: thingOf(PAID, "arm-web-service", `${ARM}/webServices/scores`),
};

const workspaces: readonly LoadWorkspace[] = [
  { key: "L1", id: FREE, armId: null, accountType: "free", token: "" },
  { key: "L2", id: PAID, armId: `${ARM}/workspaces/paid`, accountType: "standard", token: "" },
];
const known = (thing: string) => ({ thing, since: AT, sha256: null });
const before = new Map([
  [FREE, [THINGS.free, THINGS.dataset, THINGS.service, THINGS.endpoint].map(known)],
  [PAID, [THINGS.paid, THINGS.inPaid, THINGS.besidePaid].map(known)],
]);

/** Simulators whose control endpoint answers like this, where nothing is left. */
function answering(answers: Readonly<Record<string, unknown>>): SimulatorControl {
  return {
    get: async (path, schema) => schema.parse(answers[path] ?? []),
    send: async () => undefined,
  };
}

async function thingsOfCall(call: { surface: string; path: string; workspaceId: string | null }) {
  const calls = [{ at: AT, method: "DELETE", ...call }];
  const control = answering({ "calls?mutating=true": calls });
  const { deletions } = await sourceEvidence(control, workspaces, before);
  return deletions.flatMap(({ things }) => things);
}

describe("what a source tells of a deletion", () => {
  it("is the thing that a call names, and what goes along with it", async () => {
    const studio = { surface: "studio", workspaceId: FREE };
    const management = { surface: "management", workspaceId: FREE };
    const below = `/api/workspaces/${FREE}`;
    const dataset = { ...studio, path: `${below}/datasources/family/${FAMILY}` };

    expect(await thingsOfCall(dataset)).toEqual([THINGS.dataset]);
    expect(
      await thingsOfCall({ ...management, path: `/workspaces/${FREE}/webservices/svc` }),
    ).toEqual([THINGS.service, THINGS.endpoint]);
    expect(await thingsOfCall({ ...studio, path: below })).toEqual([
      THINGS.free,
      THINGS.dataset,
      THINGS.service,
      THINGS.endpoint,
    ]);
  });

  it("leaves out what outlives a workspace in ARM", async () => {
    const arm = { surface: "arm", workspaceId: null };

    expect(await thingsOfCall({ ...arm, path: `${ARM}/workspaces/paid` })).toEqual([
      THINGS.paid,
      THINGS.inPaid,
    ]);
    expect(await thingsOfCall({ ...arm, path: `${ARM}/webServices/scores` })).toEqual([
      THINGS.besidePaid,
    ]);
  });

  it("is something unknown for a call about what nobody knows of", async () => {
    const stranger = { surface: "studio", workspaceId: FREE, path: `/api/workspaces/${FREE}/x/y` };

    expect(await thingsOfCall(stranger)).toEqual([`unknown: /api/workspaces/${FREE}/x/y`]);
  });

  it("counts what went with a workspace once, although parts of it went before", async () => {
    const removals = [
      { workspaceId: FREE, kind: "family", id: FAMILY, at: AT },
      { workspaceId: FREE, kind: "workspace", id: FREE, at: "2026-03-01T10:00:01.000Z" },
    ];
    const control = answering({ removals });

    const { deletions } = await sourceEvidence(control, workspaces, before);

    expect(deletions.map(({ things, isEffective }) => ({ things, isEffective }))).toEqual([
      { things: [THINGS.dataset], isEffective: true },
      { things: [THINGS.free, THINGS.service, THINGS.endpoint], isEffective: true },
    ]);
  });
});
