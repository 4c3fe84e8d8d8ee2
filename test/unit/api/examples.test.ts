import { describe, expect, it } from "vitest";
import type { Caller } from "../../../shared/core/caller.ts";
import { assertDescribed } from "../../support/doors/assert-described.ts";
import { callTo, EVERY_CALL } from "../../support/doors/every-call.ts";
import { submitted } from "../../support/intakes.ts";
import { FREE_ID } from "../../support/memory/registrations.ts";
import { type MemoryStage, memoryStage } from "../../support/stage.ts";

const EXAMPLES = EVERY_CALL.flatMap(([id, { roles, examples = {} }]) =>
  Object.entries(examples).map(([name, example]) => ({ id, name, roles, ...example })),
);

/** Somebody who may decide about what another person asked for. */
const decider = (roles: Caller["roles"]): Caller => ({ callerId: "decider", roles });

describe("the examples of the document", () => {
  it.each(EXAMPLES)("$id, $name: $status", async ({ id, roles, body, status }) => {
    const stage = memoryStage();
    const caller = decider([...roles, "Operator"]);
    const params = { id: id === "registerWorkspace" ? FREE_ID : await aDeletion(stage) };
    if (id === "registerWorkspace") openDoor(stage, body);
    if (id === "releaseRequest") await callTo(stage, "holdRequest", { caller, params });

    const answer = await callTo(stage, id, { caller, params, body });

    expect(answer.status).toBe(status);
    assertDescribed(id, answer);
  });
});

async function aDeletion(stage: MemoryStage): Promise<string> {
  return submitted(stage, {
    submitter: "11111111-1111-4111-8111-111111111111",
    source: "http",
    idempotencyKey: null,
    traceParent: null,
    body: { kind: "delete", scope: { workspaces: ["b577bbf6c46640c822e2a6e3d255d437"] } },
  });
}

/** The example's token is one that opens the free workspace. */
function openDoor({ registrations: { doors } }: MemoryStage, body: unknown): void {
  const [free] = [...doors.values()];
  if (free !== undefined) doors.set((body as { token: string }).token, free);
}
