import { describe, expect, it } from "vitest";
import { commit } from "../../../shared/pipeline/commit.ts";
import { approved, planned, WHOLE } from "../../support/deletions.ts";
import { aDataset } from "../../support/memory/source.ts";
import { memoryStage } from "../../support/stage.ts";

describe("a deletion whose plan was found stale", () => {
  it("does not take a stale plan again from a planner that was held up", async () => {
    const stage = memoryStage([aDataset("a.csv", "1")]);
    const request = await planned(stage, WHOLE);
    await approved(stage, request);
    const because = { code: "plan-stale", detail: "" } as const;
    const replaces = { generation: request.generation, because };
    await commit(stage, request.requestId, { kind: "plan", replaces });
    if (request.plan === null) throw new Error("There is no plan");
    const { state } = await commit(stage, request.requestId, {
      kind: "planned",
      plan: request.plan,
    });

    expect(state).toBe("planning");
  });
});
