import { beforeEach, describe, expect, it } from "vitest";
import { refuseRequest } from "../../../shared/pipeline/decide-request.ts";
import { APPROVER, approved, dataSets, runDue, SECOND_APPROVER } from "../../support/deletions.ts";
import { anIntake, requestOf, submitted } from "../../support/intakes.ts";
import { aDataset } from "../../support/memory/source.ts";
import { type MemoryStage, memoryStage } from "../../support/stage.ts";

const TOOL = "99999999-9999-4999-8999-999999999999";

let stage: MemoryStage;
beforeEach(() => {
  stage = memoryStage([aDataset("a.csv", "1")]);
});

/** A deletion that came by a ticket. */
async function byTicket(requestedBy: string | null) {
  const body = { kind: "delete", scope: dataSets("a.csv") } as const;
  const intake = { ...anIntake(), submitter: TOOL, source: "tickets", requestedBy, body };
  const requestId = await submitted(stage, intake);
  await runDue(stage);
  return requestOf(stage, requestId);
}

describe("the approval of a deletion", () => {
  it("is not for whom its ticket names, in whatever case their id is written", async () => {
    const request = await byTicket(APPROVER.toUpperCase());

    await expect(approved(stage, request)).rejects.toMatchObject({ code: "forbidden" });
    await expect(approved(stage, request, TOOL)).rejects.toMatchObject({ code: "forbidden" });
    expect(await approved(stage, request, SECOND_APPROVER)).toMatchObject({ state: "scheduled" });
  });

  it.each([[null], ["ada@example.org"]])(
    "needs two people when the ticket names nobody by their object id (%s)",
    async (requestedBy) => {
      const request = await byTicket(requestedBy);

      const first = await approved(stage, request);
      const again = await approved(stage, request, APPROVER.toUpperCase());
      const second = await approved(stage, request, SECOND_APPROVER);

      expect([first.state, again.state, second.state]).toEqual([
        "awaiting-approval",
        "awaiting-approval",
        "scheduled",
      ]);
    },
  );

  it("ends with a refusal, whose reason the requester can read", async () => {
    const request = await byTicket(null);
    await approved(stage, request);

    const refused = await refuseRequest(stage, request.requestId, "Not theirs", APPROVER);

    expect(refused).toMatchObject({
      state: "refused",
      failure: { code: "refused", detail: "Not theirs" },
      purgeAt: expect.any(String),
    });
    await expect(approved(stage, request, SECOND_APPROVER)).rejects.toMatchObject({
      code: "state-conflict",
    });
  });
});
