import { InvocationContext } from "@azure/functions";
import { beforeEach, describe, expect, it } from "vitest";
import { stepHandler } from "../../../functions/message.ts";
import { memoryContext } from "../../support/calls.ts";
import { submitted } from "../../support/intakes.ts";
import { aDataset } from "../../support/memory/source.ts";
import { type MemoryStage, memoryStage } from "../../support/stage.ts";

let stage: MemoryStage;
beforeEach(() => {
  stage = memoryStage([aDataset("a.csv", "id\n1\n")]);
});

describe("a message", () => {
  const run = (body: unknown) => stepHandler(memoryContext(stage))(body, new InvocationContext());

  it.each([
    null,
    "text",
    7,
    {},
    { requestId: "x" },
    { requestId: "f".repeat(32), step: "plan", slice: "", attempt: 1, workspace: "x" },
  ])("that is no pointer is given back to the broker: %j", async (body) => {
    await expect(run(body)).rejects.toMatchObject({ code: "message-invalid" });
  });

  it("that nobody sent does nothing, whatever it points to", async () => {
    const id = await submitted(stage);
    for (const step of ["start", "export", "seal"]) {
      await run({
        requestId: id,
        step,
        slice: step === "export" ? "001-01-000001" : "",
        attempt: 1,
      });
    }
    await run({ requestId: "f".repeat(32), step: "plan", slice: "", attempt: 1 });

    expect((await stage.ledger.load(id))?.value).toMatchObject({
      state: "accepted",
      historyCount: 1,
    });
  });

  it("to delete, made by hand, ends nothing", async () => {
    const id = await submitted(stage);

    const deleted = run({ requestId: id, step: "delete", slice: "001-01-000001", attempt: 1 });

    await expect(deleted).resolves.toBeUndefined();
    expect((await stage.ledger.load(id))?.value.state).toBe("accepted");
  });
});
